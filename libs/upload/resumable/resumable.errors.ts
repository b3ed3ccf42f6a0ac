import { DomainError } from '#libs/platform/errors/domain-error.js';

export class ResumableNotFound extends DomainError {
  readonly code = 'resumable-upload-not-found';
  readonly status = 404;
  constructor() {
    super('There is no such upload, or it is not yours. Begin a new one.');
  }
}

export class ResumableGone extends DomainError {
  readonly code = 'resumable-upload-gone';
  readonly status = 410;
  constructor() {
    super('This upload has expired, or its bytes were lost. Begin a new one.');
  }
}

/** The client and the server do not mean the same place. */
export class OffsetConflict extends DomainError {
  readonly code = 'upload-offset-conflict';
  readonly status = 409;
  constructor(offset: number) {
    super(`This upload continues at byte ${offset}. Send HEAD to get the offset.`);
  }
}

export class ResumableLocked extends DomainError {
  readonly code = 'resumable-upload-locked';
  readonly status = 423;
  override readonly retryAfterSeconds = 2;
  constructor() {
    super('Another request is writing to this upload. Ask with HEAD where to go on; that ends the other one.');
  }
}

export class ChecksumMismatch extends DomainError {
  readonly code = 'checksum-mismatch';
  /** Of the tus protocol, checksum extension. */
  readonly status = 460;
  constructor() {
    super('The bytes do not have the checksum that came with them. They were not kept; send them again.');
  }
}

export class TusVersionUnknown extends DomainError {
  readonly code = 'tus-version-unknown';
  readonly status = 412;
  constructor() {
    super('Send "Tus-Resumable: 1.0.0": this server speaks version 1.0.0 of the tus protocol.');
  }
}

/** The client uses an extension of tus that this server does not offer. */
export class TusExtensionUnknown extends DomainError {
  readonly code = 'tus-extension-unknown';
  readonly status = 400;
}

export class NotOffsetStream extends DomainError {
  readonly code = 'not-offset-stream';
  readonly status = 415;
  constructor() {
    super('Send the bytes as application/offset+octet-stream.');
  }
}

export class TooManyUploads extends DomainError {
  readonly code = 'too-many-uploads';
  readonly status = 429;
  override readonly retryAfterSeconds = 600;
  /** `mostOfOne`: the client alone has as many as one may have. */
  constructor(mostOfOne?: number) {
    super(
      mostOfOne === undefined
        ? 'There are too many unfinished uploads on this server. Finish or delete some.'
        : `You have ${mostOfOne} unfinished uploads, which is the most that one user or token may have. Finish or delete some.`,
    );
  }
}

/** The request was ended for another one of the same client, or because the server stops. */
export class UploadInterrupted extends DomainError {
  readonly code = 'upload-interrupted';
  readonly status = 503;
  override readonly retryAfterSeconds = 1;
  constructor() {
    super('The request was ended before its bytes were; what had arrived is kept. Ask with HEAD where to go on.');
  }
}

/** The whole file is here and cannot become a package: sending it again changes nothing, which 409 would ask a tus client to do. */
export class UploadCannotBePublished extends DomainError {
  readonly code = 'filename-taken';
  readonly status = 422;
}
