import { DomainError } from '#libs/platform/errors/domain-error.js';

/** A push of something that this server does not want, or not any more. */
export class PushNotWanted extends DomainError {
  readonly code = 'push-not-wanted';
  readonly status = 404;
  constructor() {
    super('This server does not want that content: it has it already, or no package needs it.');
  }
}

/** This server fetches the content itself right now, or takes none at this time. */
export class PushNotNow extends DomainError {
  readonly code = 'push-not-now';
  readonly status = 409;
  constructor(reason = 'This server is fetching that content itself. Ask again later.') {
    super(reason);
  }
}

/** Blocks cannot be checked before their hashes are here. */
export class PushNeedsManifest extends DomainError {
  readonly code = 'push-needs-manifest';
  readonly status = 409;
  constructor() {
    super('Send the chunk list of that content first.');
  }
}

/** What was pushed is not what the entry says. */
export class PushWrong extends DomainError {
  readonly code = 'push-wrong';
  readonly status = 422;
}
