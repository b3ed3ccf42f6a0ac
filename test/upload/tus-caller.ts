import { type AppInProcess } from '../support/app-in-process.js';

export const base64 = (text: string): string => Buffer.from(text).toString('base64');
export const metadataOf = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key} ${base64(value)}`)
    .join(',');

type Bytes = string | Uint8Array | ReadableStream<Uint8Array>;

export interface TusAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Of a problem document. */
  readonly problem: string | null;
  readonly offset: number | null;
}

/** Speaks tus by hand: every header can be left out or wrong. */
export class TusCaller {
  constructor(
    private readonly server: Pick<AppInProcess, 'url'>,
    private readonly token: string,
  ) {}

  async send(method: string, path: string, headers: Record<string, string | undefined> = {}, body?: Bytes): Promise<TusAnswer> {
    const all = { authorization: `Bearer ${this.token}`, 'tus-resumable': '1.0.0', ...headers };
    const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const response = await fetch(new URL(path, this.server.url), {
      method,
      headers: Object.fromEntries(given),
      ...(body === undefined ? {} : { body, duplex: 'half' }),
    } as RequestInit);
    const text = await response.text();
    const offset = response.headers.get('upload-offset');
    return {
      status: response.status,
      headers: response.headers,
      problem: text.startsWith('{') ? (JSON.parse(text) as { type: string }).type.replace('urn:ods:problem:', '') : null,
      offset: offset === null ? null : Number(offset),
    };
  }

  create(
    size: number | string | undefined,
    metadata: Record<string, string> | string | undefined,
    headers: Record<string, string> = {},
    body?: Bytes,
  ) {
    const text = typeof metadata === 'object' ? metadataOf(metadata) : metadata;
    const heads = { 'upload-length': size === undefined ? undefined : String(size), 'upload-metadata': text, ...headers };
    return this.send('POST', '/api/admin/upload/resumable', heads, body);
  }

  /** A new upload; answers where to send its bytes. */
  async begin(filename: string, size: number, more: Record<string, string> = {}): Promise<string> {
    const answer = await this.create(size, { filename, ...more });
    expect([answer.status, answer.problem]).toEqual([201, null]);
    return answer.headers.get('location')!;
  }

  patch(location: string, offset: number | string, body: Bytes, headers: Record<string, string | undefined> = {}): Promise<TusAnswer> {
    const heads = { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset), ...headers };
    return this.send('PATCH', location, heads, body);
  }

  async offset(location: string): Promise<number | null> {
    const { status, offset } = await this.send('HEAD', location);
    return status === 200 ? offset : null;
  }
}
