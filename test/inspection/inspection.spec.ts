import { makeDeb, makePkg, makeSigner } from '#libs/inspection/formats/package-makers.testing.js';
import { eventually } from '../support/eventually.js';
import { TestServer } from '../support/test-server.js';

interface Answer {
  readonly state: string;
  readonly reason: string | null;
  readonly details: Record<string, unknown> | null;
}

describe('the inspection of what was uploaded', () => {
  let server: TestServer;
  const inspected = (filename: string): Promise<Answer> => server.ok<Answer>('GET', `/api/admin/packages/${filename}/inspection`);
  const done = (filename: string, expected: object): Promise<void> =>
    eventually(async () => expect(await inspected(filename)).toMatchObject(expected), { timeoutMs: 120_000 });

  beforeAll(async () => {
    server = await TestServer.start('inspection');
  });
  afterAll(() => server.dispose());

  it('says what is in a package, and who signed it', async () => {
    const upload = await server.upload('Demo-1.2.3.pkg', new Uint8Array(makePkg({ signer: makeSigner(), isStapled: true })));
    expect(upload.status).toBe(201);
    const signature = { state: 'valid', team_id: 'ABCDE12345', apple_anchor: false };
    await done('Demo-1.2.3.pkg', { state: 'done', details: { title: 'Demo App', version: '1.2.3', stapled: true, signature } });
  });

  it('accepts what it cannot read, and says why it could not', async () => {
    const files: [string, Buffer, object][] = [
      ['notes.txt', Buffer.from('just text'), { state: 'unknown_kind', reason: null, details: null }],
      ['cut.pkg', makePkg().subarray(0, 200), { state: 'damaged', reason: expect.any(String), details: null }],
      ['bomb.pkg', makePkg({ statedLength: 2n ** 40n }), { state: 'refused', reason: 'Its table of contents is too large.' }],
      ['hello_2.10-3_amd64.deb', await makeDeb(), { state: 'done', details: { kind: 'deb', title_key: 'hello', version: '2.10-3' } }],
    ];
    for (const [filename, bytes] of files) expect((await server.upload(filename, new Uint8Array(bytes))).status).toBe(201);
    for (const [filename, , expected] of files) await done(filename, expected);
  });

  it('is made again when a person asks', async () => {
    expect((await server.ok<Answer>('POST', '/api/admin/packages/cut.pkg/inspection')).state).toBe('waiting');
    await done('cut.pkg', { state: 'damaged' });
  });

  it('is not there for a package that is not', async () => {
    expect((await server.api('GET', '/api/admin/packages/none.pkg/inspection')).status).toBe(404);
  });
});
