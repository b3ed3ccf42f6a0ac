import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { forEachDatabase } from '../support/databases.js';
import { AdminCaller } from '../support/admin-caller.js';

const TIMES = 800;
const PASSWORD = 'vermilion otter teapot';
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const kinds = ['catalogs', 'manifests', 'pkgsinfo', 'pkgs', 'icons', 'icons/_icon_hashes.plist', 'share', '%70kgs'];
const names = [
  ...[
    '',
    '/',
    '/a',
    '/a/b',
    '/a',
    '/share/a.pkg',
    '/..%2f..%2fa',
    '/%00',
    '/%ff',
    '/%F0%9F%92%A3',
    '/.a',
    '/con',
    `/${'x'.repeat(260)}`,
    '/a?confirm=true',
  ],
  ...['?api_fields=filename', '?api_fields=name,filename&name=a', '?a=1&a=2', '?api_fields=', '?__proto__=x', '?%00=%00'],
];
const types = [
  'application/xml',
  'application/json',
  'multipart/form-data; boundary=b',
  'multipart/form-data',
  'x',
  'application/x-www-form-urlencoded',
];
const bodies = [
  ...[
    '',
    '{}',
    '[]',
    'null',
    '{"filename":"a"}',
    '{"filename":["a"]}',
    '{"a":1e999}',
    '{"__proto__":{"a":1}}',
    '{"date":"2026-02-31T00:00:00"}',
    '\0',
  ],
  ...[
    '{"a":"\\u0000"}',
    '{"a":"\\ud800"}',
    '{"filename":"\\u0000"}',
    '<plist><dict><key>a</key><string>b</string></dict></plist>',
    '<plist><array/></plist>',
  ],
  ...[
    '<plist><dict><key>filename</key><string>c/d</string><key>a</key><true/></dict></plist>',
    '<',
    'bplist00',
    'bplist',
    '\ufeff<plist/>',
    'x'.repeat(2_000),
  ],
  '--b\r\nContent-Disposition: form-data; name="filedata"; filename="x"\r\n\r\nbytes\r\n--b--\r\n',
  '--b\r\nContent-Disposition: form-data; name="filename"\r\n\r\n../x\r\n--b\r\nContent-Disposition: form-data; name="filedata"; filename="x"\r\n\r\nbytes\r\n--b--\r\n',
];

/** mulberry32: the same numbers in every run. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

forEachDatabase((database) => {
  let server: AppInProcess;
  let token: string;
  beforeAll(async () => {
    const limits = { API_RATE_PER_MINUTE: '0', MAX_UPLOAD_BYTES: '1M' };
    server = await startApp({ env: { ADMIN_PASSWORD: PASSWORD, DATABASE_URL: database.url, ...limits } });
    const admin = new AdminCaller(server.url);
    await admin.signIn({ username: 'admin', password: PASSWORD });
    const made = await admin.send('POST', 'tokens', { name: 'fuzz', role: 'publisher' });
    ({ token } = (await made.json()) as { token: string });
  });
  afterAll(() => server.stop());

  it('the API of MWA2 answers whatever it is asked as MWA2 does, and never with an error of its own', async () => {
    const random = randomOf(7);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
    const faults: string[] = [];
    for (let count = 0; count < TIMES; count += 1) {
      const method = pick(methods);
      const url = `/munki_api/${pick(kinds)}${pick(names)}`;
      const body = method === 'GET' ? null : pick(bodies);
      const headers = {
        ...(random() < 0.05 ? {} : { authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}` }),
        ...(random() < 0.8 ? { 'content-type': pick(types) } : {}),
        ...(random() < 0.5 ? { accept: 'application/xml' } : {}),
        ...(random() < 0.2 ? { 'x-methodoverride': pick([...methods, 'x']) } : {}),
      };
      const answer = await fetch(server.url + url, { method, headers, body });
      const text = await answer.text();
      const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
      const isSaid = answer.status < 400 || isProblem || /^\{"result":"failed","exception_type":"\w+","detail":"/.test(text);
      if (answer.status >= 500 || !isSaid || (isProblem && ![400, 404, 415].includes(answer.status)))
        faults.push(`${method} ${url} ${JSON.stringify(headers)} ${body?.slice(0, 80)} → ${answer.status} ${text.slice(0, 200)}`);
    }
    expect(faults).toEqual([]);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });
});
