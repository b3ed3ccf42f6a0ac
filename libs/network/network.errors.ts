import { DomainError } from '#libs/platform/errors/domain-error.js';

export class ServerUnknown extends DomainError {
  readonly code = 'server-unknown';
  readonly status = 404;

  constructor() {
    super('No server of the mesh that is known here has this ISS ID.');
  }
}

export class ServerNotForgettable extends DomainError {
  readonly code = 'server-not-forgettable';
  readonly status = 409;

  constructor(isSelf: boolean) {
    super(isSelf ? 'This server cannot forget itself.' : 'This server is registered here. Unregister it first.');
  }
}
