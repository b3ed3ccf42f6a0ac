/** A fact of the business that stops an operation. `code` is stable, `message` says what to do about it. */
export abstract class DomainError extends Error {
  abstract readonly code: string;
  /** The HTTP status of the response. */
  abstract readonly status: number;
  /** More members for the problem document; never a secret, never a path of this machine. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** With status 401: how the caller can show who it is, sent as `WWW-Authenticate`; Bearer where it is not said. */
  readonly challenge?: string;
  /** Seconds after which a retry makes sense, sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;

  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}
