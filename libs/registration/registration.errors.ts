import { DomainError } from '#libs/platform/errors/domain-error.js';

export class PeerNotFound extends DomainError {
  readonly code = 'peer-not-found';
  readonly status = 404;
  constructor(id: string) {
    super(`There is no registered server ${id}.`);
  }
}

/** A peer's token was not accepted; says what is wrong with it. */
export class PeerTokenRefused extends DomainError {
  readonly code = 'peer-token-refused';
  readonly status = 401;
}

/** The caller is not registered here, or not any more. Peers tell by this code that they were forgotten. */
export class PeerUnknown extends DomainError {
  readonly code = 'peer-unknown';
  readonly status = 401;
  constructor() {
    super('The caller is not registered with this server. Register the two servers again.');
  }
}

/** Clocks differ by more than tokens tolerate: both are named, so that somebody sets the wrong one (MESH §8). */
export class PeerClockSkewed extends DomainError {
  readonly code = 'peer-clock-skewed';
  readonly status = 401;
  constructor(theirsMs: number, oursMs: number) {
    super(
      `The clocks of the two servers differ too much: the other server's says ${new Date(theirsMs).toISOString()}, this server's says ${new Date(oursMs).toISOString()}. Set the wrong one (NTP).`,
    );
  }
}

export class ProtocolUnknown extends DomainError {
  readonly code = 'protocol-unknown';
  readonly status = 400;
  constructor(asked: string, known: number) {
    super(`This server speaks ODS protocol ${known}; "${asked}" is not one it knows. Update the older of the two servers.`);
  }
}

/** The request is right, and the registration impossible; says why. */
export class RegistrationImpossible extends DomainError {
  readonly code = 'registration-impossible';
  readonly status = 422;
}

/** The other server did not take the registration. */
export class RegistrationRefused extends DomainError {
  readonly code = 'registration-refused';
  readonly status = 422;
}

/** Too many attempts to register from one address. */
export class RegistrationThrottled extends DomainError {
  readonly code = 'registration-throttled';
  readonly status = 429;
  override readonly retryAfterSeconds: number;
  constructor(waitMs: number) {
    const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
    super(`Too many registrations from this address. Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`);
    this.retryAfterSeconds = seconds;
  }
}

/** A paused server is not talked to. */
export class PeerPaused extends DomainError {
  readonly code = 'peer-paused';
  readonly status = 409;
  constructor(name: string) {
    super(`${name} is paused. Resume it first.`);
  }
}

/** No answer. */
export class PeerUnreachable extends DomainError {
  readonly code = 'peer-unreachable';
  readonly status = 502;
}

/** Something answers, but not as an ODS that this one understands. */
export class PeerAnswerInvalid extends DomainError {
  readonly code = 'peer-answer-invalid';
  readonly status = 502;
}

/** The peer answered with an error of its own. */
export class PeerRefused extends DomainError {
  readonly code = 'peer-refused';
  readonly status = 502;
  constructor(
    readonly peerStatus: number,
    readonly problem: string,
    /** The stable code of its problem, when it gave one. */
    readonly problemCode: string | null = null,
  ) {
    super(`The peer answered ${peerStatus}: ${problem}`);
  }
}
