import { DomainError } from '#libs/platform/errors/domain-error.js';
import { humanBytes } from '#libs/platform/format/human-bytes.js';

/** The request is not an upload; says what is missing or wrong. */
export class UploadMalformed extends DomainError {
  readonly code = 'upload-malformed';
  readonly status = 400;
}

export class UploadTooLarge extends DomainError {
  readonly code = 'upload-too-large';
  readonly status = 413;
  constructor(mostBytes: number) {
    super(`Packages may have at most ${humanBytes(mostBytes)} on this server (MAX_UPLOAD_BYTES).`);
  }
}

/** What arrived is not what was sent, or the client sent another file than it meant. */
export class DigestMismatch extends DomainError {
  readonly code = 'digest-mismatch';
  readonly status = 400;
  constructor(header: string) {
    super(`What arrived does not have the digest of ${header}. Nothing was kept; send it again.`);
  }
}

/** More bytes than the client said there are. */
export class UploadTooLong extends DomainError {
  readonly code = 'upload-too-long';
  readonly status = 413;
  constructor(size: number) {
    super(`This upload was announced with ${size} bytes, and more were sent.`);
  }
}

/** The client is gone and does not read this. */
export class UploadCut extends DomainError {
  readonly code = 'upload-cut';
  readonly status = 400;
  constructor() {
    super('The connection ended before the file did. Nothing was kept; send it again.');
  }
}

export class UploadStalled extends DomainError {
  readonly code = 'upload-stalled';
  readonly status = 408;
  constructor(seconds: number) {
    super(`Nothing arrived for ${seconds} seconds. Nothing was kept; send it again.`);
  }
}

/** `If-Match` or `If-None-Match` do not hold (RFC 9110 section 13). */
export class UploadPrecondition extends DomainError {
  readonly code = 'upload-precondition';
  readonly status = 412;
  constructor(filename: string, isThere: boolean) {
    super(
      isThere
        ? `${filename} is there with another content than the precondition asks for. Nothing was changed.`
        : `There is no package ${filename}, and the precondition asks for one. Nothing was changed.`,
    );
  }
}

/** The body is stored as it comes: what is encoded would be stored encoded. */
export class UploadEncoded extends DomainError {
  readonly code = 'upload-encoded';
  readonly status = 415;
  constructor(encoding: string) {
    super(`The body is stored as it is: send it without Content-Encoding, not with "${encoding.slice(0, 40)}".`);
  }
}
