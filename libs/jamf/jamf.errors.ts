import { JamfFault } from './client/jamf-fault.js';
import { DomainError } from '#libs/platform/errors/domain-error.js';

export class JamfNotSetUp extends DomainError {
  readonly code = 'jamf-not-set-up';
  readonly status = 404;
  constructor() {
    super('This server is not connected with Jamf Pro. Save a connection first.');
  }
}

/** Another server of the mesh keeps Jamf Pro in step. */
export class JamfLedElsewhere extends DomainError {
  readonly code = 'jamf-led-elsewhere';
  readonly status = 409;
  constructor(server: string) {
    super(`The server "${server}" keeps Jamf Pro in step. Do it there; nothing was changed here.`);
  }
}

export class JamfNotCompared extends DomainError {
  readonly code = 'jamf-not-compared';
  readonly status = 409;
  constructor() {
    super('Packages were not compared with Jamf Pro yet, so it is not known what would be written. Nothing was changed. Compare first.');
  }
}

/** Distribution points cannot be written before it is known what would be. */
export class JamfPointsNotCompared extends DomainError {
  readonly code = 'jamf-points-not-compared';
  readonly status = 409;
  constructor(fault: string | null) {
    const why = fault === null ? 'They were not read yet. Compare first.' : `They could not be read: ${fault}`;
    super(`It is not known which distribution points would be written. ${why} Nothing was changed.`);
  }
}

/** What writing would do has to be confirmed once. */
export class JamfWritingNotConfirmed extends DomainError {
  readonly code = 'jamf-writing-not-confirmed';
  readonly status = 409;
  constructor(what: readonly string[]) {
    super(`${what.join(' ')} Nothing was changed. If it is meant, send confirm=true.`);
  }
}

export class JamfRecordUnknown extends DomainError {
  readonly code = 'jamf-record-not-found';
  readonly status = 404;
  constructor() {
    super('There is no package record with this number. They are listed at /api/admin/jamf/records.');
  }
}

export class JamfRecordNotResolvable extends DomainError {
  readonly code = 'jamf-record-not-resolvable';
  readonly status = 409;
  constructor(sentence: string) {
    super(sentence);
  }
}

export class JamfPointUnknown extends DomainError {
  readonly code = 'jamf-distribution-point-not-found';
  readonly status = 404;
  constructor() {
    super('No distribution point of this server was compared. Servers are listed at /api/admin/jamf/distribution_points.');
  }
}

export class JamfPointNotResolvable extends DomainError {
  readonly code = 'jamf-distribution-point-not-resolvable';
  readonly status = 409;
  constructor(sentence: string) {
    super(sentence);
  }
}

export class JamfNothingToCheck extends DomainError {
  readonly code = 'jamf-nothing-to-check';
  readonly status = 409;
  constructor() {
    super(
      'There is nothing to check: none of these packages has a record that is in step, and is known to be on a server whose distribution point is in step.',
    );
  }
}

/** Jamf Pro did not do what a person asked for. */
export class JamfCallFailed extends DomainError {
  readonly code = 'jamf-call-failed';
  readonly status = 502;
  constructor({ message }: JamfFault) {
    super(message);
  }
}

/** What a call of Jamf Pro gives; its fault as the answer to whoever asked. Throws JamfCallFailed. */
export async function orCallFailed<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw error instanceof JamfFault ? new JamfCallFailed(error) : error;
  }
}
