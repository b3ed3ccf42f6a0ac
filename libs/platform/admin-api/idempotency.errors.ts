import { DomainError } from '../errors/domain-error.js';

export class IdempotencyKeyInUse extends DomainError {
  readonly code = 'idempotency-key-in-use';
  readonly status = 409;
  override readonly retryAfterSeconds = 1;
  constructor() {
    super('A request with this Idempotency-Key is running. Ask again when it is over.');
  }
}

export class IdempotencyKeyReused extends DomainError {
  readonly code = 'idempotency-key-reused';
  readonly status = 422;
  constructor() {
    super('This Idempotency-Key came with another request before. Take a new key for each thing that is to be done.');
  }
}
