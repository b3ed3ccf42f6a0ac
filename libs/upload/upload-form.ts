import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import type { IncomingMessage } from 'node:http';
import { UploadCut, UploadMalformed, UploadStalled } from './upload.errors.js';

/** A field of the form is short text; the file is the only long part. */
const FIELD_BYTES = 8_192;
const MAX_FIELDS = 16;
/** Nothing for this long, in milliseconds, and the sender is taken for gone. */
const IDLE_MS = 60_000;
const READ_AHEAD_BYTES = 1_048_576;

export interface UploadForm<Received> {
  readonly fields: ReadonlyMap<string, string>;
  readonly file: Received;
}

type Receive<Received> = (filename: string, stream: AsyncIterable<Buffer>) => Promise<Received>;

/**
 * Reads a multipart/form-data request (RFC 7578) whose one file goes to `receive` as it arrives. Fields may stand before or after
 * the file. Rejects with a DomainError for anything that is not such a form, and with whatever `receive` rejects with.
 */
export function readUploadForm<Received>(request: IncomingMessage, receive: Receive<Received>): Promise<UploadForm<Received>> {
  return new FormReader(request, receive).read();
}

/** One request's form, read once. */
class FormReader<Received> {
  private readonly fields = new Map<string, string>();
  private readonly parser: BusboyInstance;
  private readonly idle: NodeJS.Timeout;
  private stream: BusboyFileStream | undefined;
  private received: Promise<Received> | undefined;
  private settle: { resolve(): void; reject(error: Error): void } | undefined;

  constructor(
    private readonly request: IncomingMessage,
    private readonly receive: Receive<Received>,
  ) {
    this.parser = openParser(request);
    this.idle = setTimeout(() => this.end(new UploadStalled(IDLE_MS / 1_000)), IDLE_MS);
  }

  async read(): Promise<UploadForm<Received>> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.settle = { resolve, reject };
        this.listen();
        this.request.pipe(this.parser);
      });
      if (!this.received) throw new UploadMalformed('The form has no file. Send one in the field "file".');
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
    request.on('data', () => this.idle.refresh());
    request.once('close', () => {
      if (!request.complete) this.end(new UploadCut());
    });
    request.once('error', () => this.end(new UploadCut()));
    parser.on('field', (name: string, value: string, _nameCut: boolean, isCut: boolean) => {
      if (isCut) this.end(new UploadMalformed(`The field ${name} is too long.`));
      else this.fields.set(name, value);
    });
    parser.on('file', (name: string, stream: BusboyFileStream, filename: string | undefined) => this.begin(name, stream, filename ?? ''));
    parser.on('filesLimit', () => this.end(new UploadMalformed('Send one file at a time.')));
    parser.on('fieldsLimit', () => this.end(new UploadMalformed('The form has too many fields.')));
    parser.on('error', () => this.end(new UploadMalformed('The form is not valid multipart/form-data.')));
    parser.on('finish', () => this.end());
  }

  private begin(name: string, stream: BusboyFileStream, filename: string): void {
    stream.on('error', () => undefined); // it is told to whoever reads the stream
    if (name !== 'file') {
      stream.resume();
      this.end(new UploadMalformed(`The file must be in the field "file", not "${name.slice(0, 60)}".`));
      return;
    }
    this.stream = stream;
    this.received = this.receive(filename, stream as AsyncIterable<Buffer>);
    this.received.catch((error: unknown) => this.end(error as Error));
  }

  private end(error?: Error): void {
    if (error) this.settle?.reject(error);
    else this.settle?.resolve();
  }
}

function openParser(request: IncomingMessage): BusboyInstance {
  try {
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
