import http, { type RequestListener } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { generateKeyPairSync } from 'node:crypto';
import type { Peer } from '#libs/entities/peer.entity.js';
import { Job } from '#libs/entities/job.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { PeerClient } from '#libs/peers/client/peer-client.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { PeerAnswerInvalid, PeerRefused, PeerUnreachable } from '#libs/peers/peers.errors.js';
import { problem } from '../support/admin-caller.js';
import { eventually } from '../support/eventually.js';
import { selfSigned } from '../support/self-signed.js';
import { Site } from '../support/site.js';

const { publicKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const TIMEOUT_MS = 400;

type Far = http.Server | https.Server | net.Server;
const servers: { far: Far; sockets: Set<net.Socket> }[] = [];

/** Something that listens; answers its port. */
async function listen(far: Far): Promise<number> {
  const sockets = new Set<net.Socket>();
  far.on('connection', (socket: net.Socket) => {
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
  });
  servers.push({ far, sockets });
  await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve));
  return (far.address() as AddressInfo).port;
}
const answering = async (listener: RequestListener): Promise<string> => `http://127.0.0.1:${await listen(http.createServer(listener))}`;
const ods =
  (status: number, body: string, headers: http.OutgoingHttpHeaders = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { 'ods-protocol': '1', ...headers }).end(body);

let site: Site;
let client: PeerClient;
let peers: PeerRepository;
beforeAll(async () => {
  site = await Site.start('Site', { env: { PEER_TIMEOUT_MS: String(TIMEOUT_MS), PEER_ALLOW_HTTP: 'true' } });
  client = site.server.app.get(PeerClient);
  peers = site.server.app.get(PeerRepository);
});
afterAll(async () => {
  await site.stop();
  for (const { far, sockets } of servers) {
    sockets.forEach((socket) => socket.destroy());
    far.close();
  }
});

const ISS = 'f'.repeat(32);
async function peerAt(url: string): Promise<Peer> {
  await peers.remove(ISS);
  return peers.save({ iss: ISS, name: 'Far', url, stage: 'Prod', firewalledMode: false, publicKey }, Date.now());
}
const stateOf = async (): Promise<Peer> => (await peers.findByIss(ISS))!;
const get = (peer: Peer): Promise<unknown> => client.json(peer, 'GET', '/api/ods/catalog');
async function failureOf(call: Promise<unknown>): Promise<Error> {
  return call.then(
    () => new Error('it succeeded'),
    (error: unknown) => error as Error,
  );
}

describe('a peer that answers', () => {
  it('gives JSON, an empty answer, or its reason for refusing', async () => {
    expect(await get(await peerAt(await answering(ods(200, '{"a":1}'))))).toEqual({ a: 1 });
    expect(await get(await peerAt(await answering(ods(204, ''))))).toBeNull();
    const reason = JSON.stringify({ type: 'urn:ods:problem:no-luck', detail: 'Not today.' });
    const refused = await failureOf(get(await peerAt(await answering(ods(422, reason)))));
    expect(refused).toBeInstanceOf(PeerRefused);
    expect(refused).toMatchObject({ peerStatus: 422, problem: 'Not today.', problemCode: 'no-luck' });
    expect((await stateOf()).unreachableSinceMs).toBeNull(); // it answered
  });

  it('learns whose call it is, from a token for this call alone', async () => {
    let seen: http.IncomingMessage | undefined;
    const url = await answering((request, response) => {
      seen = request;
      ods(200, '')(request, response as never);
    });
    await client.json(await peerAt(url), 'POST', '/api/ods/notifications', { body: { a: 1 }, query: { x: 1 } });
    expect(seen!.url).toBe('/api/ods/notifications?x=1');
    expect(seen!.headers).toMatchObject({ 'ods-protocol': '1', 'content-type': 'application/json', 'accept-encoding': 'identity' });
    const claims = JSON.parse(Buffer.from(seen!.headers.authorization!.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
    const { iss } = await site.about();
    expect(claims).toMatchObject({
      iss,
      aud: ISS,
      htm: 'POST',
      pth: '/api/ods/notifications',
      bsh: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect((claims['exp'] as number) - (claims['iat'] as number)).toBeLessThanOrEqual(60);
  });

  it('is back: marked, and asked for what was missed', async () => {
    const peer = await peerAt(await answering(ods(200, '{}')));
    await peers.markUnreachable(ISS, Date.now(), 'It was away.');
    await get(await stateOf());
    expect(await stateOf()).toMatchObject({ unreachableSinceMs: null, lastError: null });
    expect(await site.server.app.get(Database).manager.findBy(Job, { type: 'registration.peer-news' })).toEqual([
      expect.objectContaining({ payload: { iss: peer.iss } }),
    ]);
  });

  it('may take its time for a large answer as long as something comes', async () => {
    const url = await answering((_request, response) => {
      response.writeHead(200, { 'ods-protocol': '1' });
      let left = 8;
      const timer = setInterval(() => {
        response.write(' ');
        left -= 1;
        if (left > 0) return;
        clearInterval(timer);
        response.end('{"slow":true}');
      }, TIMEOUT_MS / 4);
    });
    expect(await get(await peerAt(url))).toEqual({ slow: true });
  });

  it('keeps connections, and one that it has closed meanwhile is no failure', async () => {
    const sockets = new Set<unknown>();
    let cut = false;
    const url = await answering((request, response) => {
      const isOld = sockets.has(request.socket);
      sockets.add(request.socket);
      if (cut && isOld) {
        request.socket.destroy();
        return;
      }
      ods(200, '{}')(request, response as never);
    });
    const peer = await peerAt(url);
    await get(peer);
    await get(peer);
    expect(sockets.size).toBe(1);
    cut = true;
    expect(await client.json(peer, 'POST', '/api/ods/notifications', { body: {} })).toEqual({});
    expect(sockets.size).toBe(2);
    expect((await stateOf()).unreachableSinceMs).toBeNull();
  });

  it('gives content as a stream, as it is', async () => {
    const bytes = Buffer.alloc(300_000, 7);
    const url = await answering(ods(206, bytes as never, { 'content-range': 'bytes 0-299999/300000', 'content-encoding': 'gzip' }));
    const { status, headers, body } = await client.stream(await peerAt(url), '/api/ods/packages/x/content', {
      headers: { Range: 'bytes=0-' },
    });
    const parts: Buffer[] = [];
    for await (const part of body as AsyncIterable<Buffer>) parts.push(part);
    expect([status, headers['content-range'], Buffer.concat(parts).equals(bytes)]).toEqual([206, 'bytes 0-299999/300000', true]);
  });

  it('is not waited for when the caller has gone', async () => {
    const gone = new AbortController();
    const call = failureOf(
      client.json(await peerAt(await answering(() => gone.abort())), 'GET', '/api/ods/catalog', { signal: gone.signal }),
    );
    expect(await call).not.toBeInstanceOf(PeerUnreachable);
    expect((await stateOf()).unreachableSinceMs).toBeNull(); // says nothing about the peer
  });

  it('ends a stream when the caller has gone', async () => {
    const gone = new AbortController();
    const url = await answering((_request, response) => void response.writeHead(206, { 'ods-protocol': '1' }).write('x'));
    const { body } = await client.stream(await peerAt(url), '/api/ods/packages/x/content', { signal: gone.signal });
    const end = failureOf(
      (async () => {
        for await (const _ of body) gone.abort();
      })(),
    );
    expect((await end).message).toMatch(/cancel|abort/i);
  });
});

interface Bad {
  readonly what: string;
  readonly at: () => Promise<string>;
  readonly says: string;
  readonly is?: typeof PeerAnswerInvalid | typeof PeerUnreachable;
}

const trickling: RequestListener = (_request, response) => {
  response.writeHead(200, { 'ods-protocol': '1' });
  response.write('{');
};
const endless =
  (status: number): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'ods-protocol': '1' });
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536, 32)));
      response.once('drain', more);
    };
    more();
  };
const cutShort: RequestListener = (request, response) => {
  response.writeHead(200, { 'ods-protocol': '1', 'content-length': '100' });
  response.write('{');
  setImmediate(() => request.socket.destroy());
};

const bad: Bad[] = [
  { what: 'is not there', at: () => Promise.resolve('http://127.0.0.1:9'), says: 'Nothing answers at 127.0.0.1:9' },
  { what: 'has an unknown host name', at: () => Promise.resolve('http://ods.invalid'), says: 'cannot be looked up' },
  { what: 'takes the call and says nothing', at: () => answering(() => undefined), says: 'did not answer within' },
  { what: 'stalls within its answer', at: () => answering(trickling), says: 'stalled' },
  { what: 'answers without end', at: () => answering(endless(200)), says: 'larger than 16.0 MB', is: PeerAnswerInvalid },
  { what: 'cuts its answer short', at: () => answering(cutShort), says: 'proxy or firewall in between' },
  { what: 'closes the connection', at: () => answering(({ socket }) => void socket.destroy()), says: 'closed the connection' },
  {
    what: 'is another web server',
    at: () => answering((_request, response) => void response.end('<h1>It works!</h1>')),
    says: 'not as an ODS',
    is: PeerAnswerInvalid,
  },
  {
    what: 'is another web server without that page',
    at: () => answering((_request, response) => void response.writeHead(404).end()),
    says: 'not as an ODS',
    is: PeerAnswerInvalid,
  },
  {
    what: 'sends elsewhere',
    at: () =>
      answering((_request, response) => void response.writeHead(302, { location: 'https://elsewhere.example/path?secret=1' }).end()),
    says: 'redirects to https://elsewhere.example. Enter',
    is: PeerAnswerInvalid,
  },
  {
    what: 'is a proxy whose ODS is down',
    at: () => answering((_request, response) => void response.writeHead(502).end('<h1>Bad Gateway</h1>')),
    says: 'A proxy at',
    is: PeerAnswerInvalid,
  },
  {
    what: 'speaks a newer protocol only',
    at: () => answering((_request, response) => void response.writeHead(200, { 'ods-protocol': '2' }).end('{}')),
    says: 'speaks ODS protocol 2',
    is: PeerAnswerInvalid,
  },
  { what: 'answers no JSON', at: () => answering(ods(200, '<xml/>')), says: 'not JSON', is: PeerAnswerInvalid },
  {
    what: 'has an untrusted certificate',
    at: async () => `https://127.0.0.1:${await listen(https.createServer(selfSigned, ods(200, '{}')))}`,
    says: 'certificate',
  },
  { what: 'speaks no TLS', at: async () => (await answering(ods(200, '{}'))).replace('http:', 'https:'), says: 'does not speak TLS' },
  {
    what: 'speaks TLS only',
    at: async () => `http://127.0.0.1:${await listen(https.createServer(selfSigned, ods(200, '{}')))}`,
    says: 'closed the connection',
  },
  {
    what: 'speaks no HTTP',
    at: async () => `http://127.0.0.1:${await listen(net.createServer((socket) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n')))}`,
    says: 'does not speak HTTP',
  },
];

describe.each(bad)('a server that $what', ({ at, says, is = PeerUnreachable }) => {
  it('is an error that says so, and the peer is shown as unreachable with it', async () => {
    const url = await at();
    const error = await failureOf(get(await peerAt(url)));
    expect(error).toBeInstanceOf(is);
    expect(error.message).toContain(says);
    expect(await stateOf()).toMatchObject({ unreachableSinceMs: expect.any(Number) as number, lastError: error.message });
  });

  it('is reported to an administrator who wants to register with it', async () => {
    const response = await site.register({ url: await at(), iss_id: ISS, key: Buffer.alloc(32, 1).toString('base64') });
    expect(response.status).toBe(422);
    const { type, detail } = await problem(response);
    expect(type).toBe('urn:ods:problem:registration-refused');
    expect(detail).toContain(says);
  });
});

describe('a server that refuses this one', () => {
  it('is shown as unreachable, since when and why', async () => {
    const detail = 'The caller is not registered with this server.';
    const peer = await peerAt(await answering(ods(401, JSON.stringify({ type: 'urn:ods:problem:peer-unknown', detail }))));
    const error = await failureOf(get(peer));
    expect(error).toMatchObject({ peerStatus: 401, problemCode: 'peer-unknown' });
    expect((await stateOf()).lastError).toContain(detail);
    const since = (await stateOf()).unreachableSinceMs!;
    await eventually(async () => {
      await failureOf(get(await stateOf()));
      expect(Date.now()).toBeGreaterThan(since);
    });
    expect((await stateOf()).unreachableSinceMs).toBe(since);
  });

  it('sends a page without end for a reason: not read on', async () => {
    const error = await failureOf(client.stream(await peerAt(await answering(endless(500))), '/api/ods/packages/x/content'));
    expect(error).toBeInstanceOf(PeerAnswerInvalid);
  });
});

it('a server in firewalled mode is not called', async () => {
  const error = await failureOf(get(await peerAt('')));
  expect(error.message).toContain('Far is in firewalled mode');
});
