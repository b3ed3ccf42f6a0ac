import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { TestServer } from '../support/test-server.js';

const boundary = '----ods-test';

export interface RawAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** An upload in slow motion: the test decides when which bytes are sent, and when the line is cut. */
export class RawUpload {
  private constructor(
    private readonly call: ClientRequest,
    private readonly response: Promise<IncomingMessage>,
  ) {}

  /** Sends the head of the form; `announced` is the Content-Length, without it the body is chunked. */
  static async begin(
    server: TestServer,
    filename: string,
    { announced, token }: { announced?: number; token?: string } = {},
  ): Promise<RawUpload> {
    const call = request(`${server.url}/api/admin/upload`, {
      method: 'POST',
      agent: false,
      headers: {
        authorization: `Bearer ${token ?? (await server.login())}`,
        'content-type': `multipart/form-data; boundary=${boundary}`,
        ...(announced === undefined ? {} : { 'content-length': announced }),
      },
    });
    const response = once(call, 'response').then(([message]) => message as IncomingMessage);
    response.catch(() => undefined); // reported by `answer`
    call.on('error', () => undefined);
    call.write(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\n\r\n`);
    return new RawUpload(call, response);
  }

  /** Sends bytes of the file; waits while the server is slower. */
  async send(bytes: Buffer): Promise<void> {
    if (this.call.write(bytes) || this.call.destroyed) return;
    const settled = new AbortController();
    const { signal } = settled;
    await Promise.race(['drain', 'close'].map((event) => once(this.call, event, { signal }).catch(() => undefined)));
    settled.abort();
  }

  field(name: string, value: string): void {
    this.call.write(`\r\n--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}`);
  }

  end(): void {
    this.call.end(`\r\n--${boundary}--\r\n`);
  }

  cut(): void {
    this.call.destroy();
  }

  async answer(): Promise<RawAnswer> {
    const message = await this.response;
    const body = JSON.parse(await text(message)) as Record<string, unknown>;
    return { status: message.statusCode!, body };
  }
}
