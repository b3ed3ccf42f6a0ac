import { DomainError } from '#libs/platform/errors/domain-error.js';
import type { ErrorForm } from '#libs/platform/errors/error-form.js';

/** A refusal that MWA2 has, by the name that its clients know. */
export class Mwa2Refused extends DomainError {
  readonly code = 'munki-api-refused';
  constructor(
    readonly exceptionType: string,
    readonly status: number,
    detail: string,
  ) {
    super(detail);
  }
}

/** No token, or one that does not count. */
export class Mwa2TokenNeeded extends DomainError {
  readonly code = 'munki-token-needed';
  readonly status = 401;
  override readonly challenge = 'Basic realm="ODS"';
}

/** What curl -d has made of a file. */
export class MunkiFileFlattened extends DomainError {
  readonly code = 'munki-file-flattened';
  readonly status = 422;
  constructor(what: string) {
    super(
      `The line breaks of this ${what} were lost on the way, as with the plugin MWA2APIRepo of Munki 4 to 6. Use ODSRepo.py (docs/munki.md).`,
    );
  }
}

const knownTypes: Readonly<Record<string, string>> = {
  'munki-file-not-found': 'FileDoesNotExistError',
  'package-not-found': 'FileDoesNotExistError',
  'filename-taken': 'FileAlreadyExistsError',
  'invalid-filename': 'FileError',
};

function typeOf(error: unknown, status: number): string {
  if (error instanceof Mwa2Refused) return error.exceptionType;
  if (error instanceof DomainError) return knownTypes[error.code] ?? error.name;
  return status < 500 ? 'BadRequest' : 'ServerError';
}

/** Errors as MWA2 writes them. */
export const mwa2Error: ErrorForm = ({ status, detail, error }) => ({ result: 'failed', exception_type: typeOf(error, status), detail });
