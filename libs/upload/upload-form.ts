import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { CHARSET_FIELD, isTrueText, requireUtf8, watchParts } from './form-parts.js';
import { UploadCut, UploadMalformed, UploadStalled } from './upload.errors.js';

/** A field of the form is short text; the file is the only long part. */
const FIELD_BYTES = 8_192;
const MAX_FIELDS = 16;
const READ_AHEAD_BYTES = 1_048_576;

export interface UploadForm<Received> {
  readonly fields: ReadonlyMap<string, string>;
  readonly file: Received;
}

export interface FormReaders<Received> {
  /** The field in which the file must be; "file" when it is not said. */
  readonly fileField?: string;
  /** Given the file as it arrives; the form is over when it rejects. */
  file(filename: string, stream: Readable): Promise<Received>;
  /** Sees every byte of the body as it arrives. */
  body?(piece: Buffer): void;
  /** Checks a field when it arrives, and throws a DomainError for a value that cannot be used. */
  field(name: string, value: string): void;
}

/**
 * Reads a multipart/form-data request (RFC 7578) with one file. Fields may stand before or after the file. A sender that sends
 * nothing for `idleMs` is taken for gone. Rejects with a DomainError for anything that is not such a form, and with
 * whatever the readers fail with.
 */
export function readUploadForm<Received>(
  request: IncomingMessage,
  readers: FormReaders<Received>,
  idleMs: number,
): Promise<UploadForm<Received>> {
  return new FormReader(request, readers, idleMs).read();
}

/** One request's form, read once. */
class FormReader<Received> {
  private readonly fields = new Map<string, string>();
  private readonly fileField: string;
  private readonly parser: BusboyInstance;
  private readonly idle: NodeJS.Timeout;
  private stream: BusboyFileStream | undefined;
  private received: Promise<Received> | undefined;
  private extended: string | null = null;
  private isOver = false;
  private settle: { resolve(): void; reject(error: Error): void } | undefined;

  constructor(
    private readonly request: IncomingMessage,
    private readonly readers: FormReaders<Received>,
    private readonly idleMs: number,
  ) {
    this.fileField = readers.fileField ?? 'file';
    this.parser = openParser(request);
    this.idle = setTimeout(() => this.stalled(), idleMs);
  }

  async read(): Promise<UploadForm<Received>> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.settle = { resolve, reject };
        this.listen();
        this.request.pipe(this.parser);
      });
      if (!this.received) throw new UploadMalformed(`The form has no file. Send one in the field "${this.fileField}".`);
      return { fields: this.fields, file: await this.received };
    } catch (error) {
      this.stream?.destroy(error as Error);
      await this.received?.catch(() => undefined); // its own clean-up ends first
      throw error;
    } finally {
      clearTimeout(this.idle);
      this.request.unpipe(this.parser).resume(); // what still comes is read and forgotten, so that the answer is seen
    }
  }

  private listen(): void {
    const { parser, request } = this;
    if (request.destroyed) this.end(new UploadCut()); // while the server checked the headers
    request.on('data', (piece: Buffer) => {
      this.idle.refresh();
      this.readers.body?.(piece);
    });
    request.once('close', () => {
      if (!request.complete) this.end(new UploadCut());
    });
    request.once('error', () => this.end(new UploadCut()));
    // What is called by the parser must not throw: an uncaught error would end the process. Names can be missing.
    parser.on('field', (name: string | undefined, value: string, _nameCut: boolean, isCut: boolean) => this.take(name ?? '', value, isCut));
    parser.on('file', (name: string | undefined, stream: BusboyFileStream, filename: string | undefined) =>
      this.begin(name ?? '', stream, this.extended ?? filename ?? ''),
    );
    watchParts(
      parser,
      (error) => this.end(error),
      (extended) => (this.extended = extended),
    );
    parser.on('filesLimit', () => this.end(new UploadMalformed('Send one file at a time.')));
    parser.on('fieldsLimit', () => this.end(new UploadMalformed('The form has too many fields.')));
    parser.on('error', () => this.end(new UploadMalformed('The form is not valid multipart/form-data.')));
    parser.on('finish', () => this.end());
  }

  private begin(name: string, stream: BusboyFileStream, filename: string): void {
    stream.on('error', () => undefined); // reported to the reader of the stream
    if (!isTrueText(filename)) this.end(new UploadMalformed('The filename is not UTF-8. Send it as UTF-8.'));
    if (name !== this.fileField)
      this.end(new UploadMalformed(`The file must be in the field "${this.fileField}", not "${name.slice(0, 60)}".`));
    if (this.isOver) {
      stream.resume();
      return;
    }
    this.stream = stream;
    this.received = Promise.resolve().then(() => this.readers.file(filename, stream));
    this.received.catch((error: unknown) => this.end(error as Error));
  }

  private take(name: string, value: string, isCut: boolean): void {
    try {
      if (isCut) throw new UploadMalformed(`The field "${name.slice(0, 60)}" is too long.`);
      if (name === CHARSET_FIELD) return requireUtf8(value);
      if (!isTrueText(value))
        throw new UploadMalformed(`The field "${name.slice(0, 60)}" is not in the charset that it says, or not in UTF-8.`);
      if (this.fields.has(name)) throw new UploadMalformed(`The form has the field "${name.slice(0, 60)}" twice.`);
      this.readers.field(name, value);
      this.fields.set(name, value);
    } catch (error) {
      this.end(error as Error);
    }
  }

  /** While our own disk is what is waited for, the sender is not to blame. */
  private stalled(): void {
    if (this.parser.writableNeedDrain) this.idle.refresh();
    else this.end(new UploadStalled(Math.round(this.idleMs / 1_000)));
  }

  private end(error?: Error): void {
    this.isOver = true;
    if (error) this.settle?.reject(error);
    else this.settle?.resolve();
  }
}

function openParser(request: IncomingMessage): BusboyInstance {
  try {
    // The parser also knows the forms of curl -d, in which there are no parts.
    if (!/^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '')) throw new Error('another type');
    return new Busboy({
      headers: request.headers as { 'content-type': string },
      limits: { files: 1, fields: MAX_FIELDS, fieldSize: FIELD_BYTES, headerPairs: 100 },
      preservePath: true,
      highWaterMark: READ_AHEAD_BYTES,
      fileHwm: READ_AHEAD_BYTES,
    });
  } catch {
    throw new UploadMalformed('The request is not multipart/form-data with a boundary.');
  }
}
