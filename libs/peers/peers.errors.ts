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

/** The caller is not registered here, or not any more. By this code peers learn that they were unregistered. */
export class PeerUnknown extends DomainError {
  readonly code = 'peer-unknown';
  readonly status = 401;
  constructor() {
    super('The caller is not registered with this server. Register the two servers again.');
  }
}

/** Clocks differ by more than tokens tolerate: both are named, so that an administrator can set the wrong one (MESH §8). */
export class PeerClockSkewed extends DomainError {
  readonly code = 'peer-clock-skewed';
  readonly status = 401;
  constructor(
    readonly theirsMs: number,
    oursMs: number,
  ) {
    super(
      `The clocks of the two servers differ too much: the other server's says ${new Date(theirsMs).toISOString()}, this server's says ${new Date(oursMs).toISOString()}. Set the wrong one (NTP).`,
    );
  }
}

/** This server's clock is ahead: a write made now would be refused by every other server, and win over later ones. Both times are named. */
export class OwnClockAhead extends DomainError {
  readonly code = 'own-clock-ahead';
  readonly status = 503;
  override readonly details: Readonly<Record<string, unknown>>;
  constructor(oursMs: number, theirsMs: number) {
    const [ours, theirs] = [new Date(oursMs).toISOString(), new Date(theirsMs).toISOString()];
    super(
      `This server's clock says ${ours}, but the clocks of the servers it is registered with say ${theirs}. Set this server's clock (NTP); until then it accepts no changes. Downloads are served.`,
    );
    this.details = { own_time: ours, other_servers_time: theirs };
  }
}

/** Another running server uses this identity, and is the one that is registered: a copy of its data directory runs twice. */
export class IdentityConflict extends DomainError {
  readonly code = 'identity-conflict';
  readonly status = 409;
  constructor(name: string) {
    super(
      `Two running servers use the identity of ${name}, and the other one is the one that is registered here. Was its data directory copied? Switch one of the two off; an administrator of this server decides which one is spoken with (Network page).`,
    );
  }
}

/** There is nothing to decide. */
export class NoIdentityConflict extends DomainError {
  readonly code = 'no-identity-conflict';
  readonly status = 409;
  constructor(name: string) {
    super(`Only one running server uses the identity of ${name}.`);
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

/** A proxy in front of the peer takes no body of that size: what was sent is to be sent in smaller pieces. */
export class PeerBodyTooLarge extends DomainError {
  readonly code = 'peer-body-too-large';
  readonly status = 502;
  constructor(host: string) {
    super(`A proxy in front of ${host} refuses bodies of this size (413). Raise its limit to at least 2 MB (nginx: client_max_body_size).`);
  }
}

/** It did not answer before, and is not asked until some time has passed. */
export class PeerResting extends PeerUnreachable {
  constructor(
    name: string,
    readonly waitMs: number,
  ) {
    super(`${name} did not answer, and is tried again in ${Math.max(1, Math.ceil(waitMs / 1_000))} s.`);
  }
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

/** It was unregistered here by an administrator. */
export class ServerBlocked extends DomainError {
  readonly code = 'server-blocked';
  readonly status = 403;
  constructor() {
    super(
      'This server was unregistered here and is blocked. An administrator of the server that it registers with must unblock it (Network page).',
    );
  }
}

export class ServerNotBlocked extends DomainError {
  readonly code = 'server-not-blocked';
  readonly status = 404;
  constructor() {
    super('No blocked server has this ISS ID.');
  }
}

/** A registration with another public key than the one that is known of the server. */
export class PeerKeyChanged extends DomainError {
  readonly code = 'peer-key-changed';
  readonly status = 409;
  constructor(name: string) {
    super(
      `${name} is registered here with another public key. Unless the old key signs the new one, an administrator of this server must register with ${name} anew (Network page).`,
    );
  }
}

/** The caller has not shown that it has the private key to the public key that it sent. */
export class PeerKeyUnproven extends DomainError {
  readonly code = 'peer-key-unproven';
  readonly status = 422;
  constructor() {
    super('A registration in firewalled mode needs a proof of its key (Ods-Key-Proof). Update the server that registers.');
  }
}

/** The registration key admits servers at their first contact only, an invitation one server only. */
export class InvitationSpent extends DomainError {
  readonly code = 'invitation-spent';
  readonly status = 409;
  constructor() {
    super('Another server has registered with this invitation. Ask for a new one.');
  }
}

export class InvitationNotFound extends DomainError {
  readonly code = 'invitation-not-found';
  readonly status = 404;
  constructor(id: number) {
    super(`There is no invitation ${id}.`);
  }
}

export class TooManyInvitations extends DomainError {
  readonly code = 'too-many-invitations';
  readonly status = 409;
  constructor(most: number) {
    super(`${most} invitations are open already. Delete one, or wait until one expires.`);
  }
}
