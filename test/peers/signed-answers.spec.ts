import { createHash } from 'node:crypto';
import http, { type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../support/eventually.js';
import { Site } from '../support/site.js';

/** Someone on the line between two servers: passes everything on, and may change the answers. */
class Line {
  change: (body: Buffer, headers: http.IncomingHttpHeaders, path: string) => Buffer = (body) => body;
  private readonly server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part)).on('end', () => this.pass(request, Buffer.concat(parts), response));
  });

  constructor(private readonly to: string) {}

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private pass(request: IncomingMessage, body: Buffer, response: http.ServerResponse): void {
    const onward = http.request(
      this.to + request.url!,
      { method: request.method!, headers: { ...request.headers, connection: 'close' } },
      (answer) => {
        const parts: Buffer[] = [];
        answer
          .on('data', (part: Buffer) => parts.push(part))
          .on('end', () => {
            const { 'transfer-encoding': _, ...headers } = answer.headers;
            const changed = this.change(Buffer.concat(parts), headers, request.url!);
            response.writeHead(answer.statusCode!, { ...headers, 'content-length': changed.length }).end(changed);
          });
      },
    );
    onward.on('error', () => response.destroy()).end(body);
  }
}

describe('answers between servers', () => {
  let here: Site;
  let there: Site;
  let line: Line;

  beforeAll(async () => {
    there = await Site.start('There');
    line = await new Line(there.url).start();
    here = await Site.start('Here', { withJobs: true, env: { JOB_POLL_MS: '50' } });
    expect((await here.register({ ...(await there.invitation()), url: line.url })).status).toBe(201);
    await eventually(async () => expect((await peer())['pulled_seq']).toBeGreaterThan(0));
  });
  beforeEach(() => void (line.change = (body) => body));
  afterAll(async () => {
    line.stop();
    await Promise.all([here.stop(), there.stop()]);
  });

  const peer = async (): Promise<Record<string, unknown>> => (await here.peers())[0]!;
  const sync = async (): Promise<void> =>
    void expect((await here.admin.send('POST', `registered_ods/${String((await peer())['id'])}/sync`)).status).toBe(202);

  it.each<[string, Line['change']]>([
    [
      'changed',
      (body, _headers, path) =>
        path.includes('catalog') ? Buffer.from(body.toString('utf8').replace(/"last":\d+/, '"last":999999')) : body,
    ],
    ['without their signature', (body, headers) => (Reflect.deleteProperty(headers, 'ods-signature'), body)],
    ['signed for another call', (body, headers) => ((headers['ods-signature'] = recorded ??= headers['ods-signature'] as string), body)],
  ])('are not believed when they come %s', async (_, change) => {
    line.change = change;
    await eventually(async () => {
      await sync();
      expect((await peer())['last_error']).toMatch(/not signed with the key of There/);
    });
    line.change = (body) => body;
    await eventually(async () => {
      await sync();
      expect(await peer()).toMatchObject({ status: 'connected', last_error: null });
    });
  });
  let recorded: string | undefined;

  it('carry one signature each', async () => {
    const seen = new Set<string>();
    line.change = (body, headers) => {
      const signature = headers['ods-signature'] as string | undefined;
      if (signature) seen.add(createHash('sha256').update(signature).digest('hex'));
      return body;
    };
    await sync();
    await eventually(() => expect(seen.size).toBeGreaterThan(1));
  });
});
