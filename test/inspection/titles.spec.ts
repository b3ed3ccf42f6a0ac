import { makePkg, makeSigner } from '#libs/inspection/formats/package-makers.testing.js';
import { EventReader } from '../live/event-reader.js';
import { eventually } from '../support/eventually.js';
import { ADMIN, TestServer } from '../support/test-server.js';

interface Listed {
  readonly items: readonly Record<string, unknown>[];
}

interface Related {
  readonly packages: readonly Record<string, unknown>[];
  readonly signer_change: { readonly sentence: string } | null;
}

const [own, others] = [makeSigner(), makeSigner('ZZZZZ12345')];

describe('packages of one title', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start('titles');
  });
  afterAll(() => server.dispose());

  const related = async (filename: string): Promise<Related> => {
    const { related: found } = await server.ok<{ related: Related }>('GET', `/api/admin/packages/${filename}/inspection`);
    return found;
  };
  const uploadRead = async (filename: string, bytes: Buffer, stage: string): Promise<void> => {
    expect((await server.upload(filename, new Uint8Array(bytes), { stage })).status).toBe(201);
    await eventually(
      async () => expect(await server.ok('GET', `/api/admin/packages/${filename}/inspection`)).not.toMatchObject({ state: 'waiting' }),
      { timeoutMs: 90_000 },
    );
  };
  const names = async (query: string): Promise<unknown[]> =>
    (await server.ok<Listed>('GET', `/api/admin/packages?${query}`)).items.map(({ filename }) => filename);
  const promote = (filename: string, query = '') =>
    server.api('PATCH', `/api/admin/packages/${filename}?by=name${query}`, { stage: 'Prod' });

  it('have title, version and signer in the list, which can be filtered by them', async () => {
    await uploadRead('Demo-1.2.2.pkg', makePkg({ signer: own, version: '1.2.2' }), 'Prod');
    expect((await server.upload('notes.txt', 'text', { stage: 'Test' })).status).toBe(201);
    const demo = {
      ...{ filename: 'Demo-1.2.2.pkg', title: 'Demo App', title_key: 'com.example.demo', version: '1.2.2', signed: true },
      ...{ signer: 'Developer ID Installer: Example (ABCDE12345)', team_id: 'ABCDE12345' },
    };
    expect((await server.ok<Listed>('GET', '/api/admin/packages')).items[0]).toMatchObject(demo);
    expect(await server.ok('GET', '/api/admin/packages/Demo-1.2.2.pkg')).toMatchObject(demo);
    for (const query of ['q=demo%20APP', 'title_key=com.example.demo', 'team_id=ABCDE12345', 'signed=true'])
      expect([query, await names(query)]).toEqual([query, ['Demo-1.2.2.pkg']]);
    expect(await names('signed=false')).toEqual([]);
    for (const wrong of ['team_id=a', 'signed=yes']) expect((await server.api('GET', `/api/admin/packages?${wrong}`)).status).toBe(400);
  });

  it('are compared: which versions there are, and whether the signer changed', async () => {
    await uploadRead('Demo-1.2.3.pkg', makePkg({ signer: others, version: '1.2.3' }), 'Test');
    const found = await related('Demo-1.2.3.pkg');
    expect(found.packages).toMatchObject([
      { filename: 'Demo-1.2.2.pkg', stage: 'Prod', version: '1.2.2', order: 'older', signing: { signed: true, team_id: 'ABCDE12345' } },
    ]);
    expect(found.signer_change).toMatchObject({
      ...{ filename: 'Demo-1.2.2.pkg', stage: 'Prod', was: { team_id: 'ABCDE12345' }, is: { team_id: 'ZZZZZ12345' } },
      sentence: expect.stringContaining(
        'The signer changed. Demo-1.2.2.pkg (in Prod) is signed by Developer ID Installer: Example (ABCDE12345)',
      ),
    });
    expect(await related('Demo-1.2.2.pkg')).toMatchObject({ packages: [{ version: '1.2.3', order: 'newer' }], signer_change: null });
  });

  it('report another signer as an event, once for each content', async () => {
    const types = await server.ok<{ items: { type: string }[] }>('GET', '/api/admin/webhooks/event_types');
    expect(types.items.map(({ type }) => type)).toContain('package.signer_changed');
    const reader = await EventReader.open(server.url, await server.login(), '0');
    const changes = () => reader.messages.filter(({ type }) => type === 'package.signer_changed');
    await eventually(() => expect(changes()).toHaveLength(1));
    reader.close();
    expect(changes()[0]!.data['data']).toMatchObject({
      ...{ filename: 'Demo-1.2.3.pkg', title: 'Demo App', version: '1.2.3', compared_with: 'Demo-1.2.2.pkg' },
      ...{ team_id: 'ZZZZZ12345', earlier_team_id: 'ABCDE12345', reason: expect.stringContaining('The signer changed.') },
    });
  });

  describe('whose promotions wait for consent', () => {
    beforeAll(async () => {
      await server.ok('PATCH', '/api/admin/replication', { confirm_signers: true });
    });

    it('are promoted by an administrator who agrees, and the audit trail has what was agreed to', async () => {
      const { status, body, headers } = await promote('Demo-1.2.3.pkg');
      expect([status, headers.get('content-type')]).toEqual([409, expect.stringContaining('application/problem+json')]);
      expect(body).toMatchObject({
        type: 'urn:ods:problem:signer-unconfirmed',
        detail: expect.stringMatching(/^The signer changed\..* Nothing was changed\..*confirm_signer=true\.$/),
      });
      expect(await server.ok('GET', '/api/admin/packages/Demo-1.2.3.pkg')).toMatchObject({ stage: 'Test' });
      const { token } = await server.ok<{ token: string }>('POST', '/api/admin/tokens', { name: 'ci', role: 'publisher' });
      const publisher = await fetch(`${server.url}/api/admin/packages/Demo-1.2.3.pkg?confirm_signer=true`, {
        ...{ method: 'PATCH', body: '{"stage":"Prod"}' },
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      });
      expect(publisher.status).toBe(409);
      expect((await promote('Demo-1.2.3.pkg', '&confirm=true')).status).toBe(409); // consent to a mass change is another
      expect(await promote('Demo-1.2.3.pkg', '&confirm_signer=true')).toMatchObject({ status: 200, body: { stage: 'Prod' } });
      const audit = await server.ok<Listed>('GET', '/api/admin/audit?action=package.updated');
      expect(audit.items[0]).toMatchObject({
        actor: ADMIN.username,
        details: { agreed_to: expect.stringContaining('The signer changed.') },
      });
    });

    it('are refused without a signer, and pass with the signer that was agreed to', async () => {
      await uploadRead('Demo-1.2.4.pkg', makePkg({ version: '1.2.4' }), 'Test');
      expect(await promote('Demo-1.2.4.pkg')).toMatchObject({
        status: 409,
        body: { detail: expect.stringContaining('Demo-1.2.4.pkg is not signed.') },
      });
      await uploadRead('Demo-1.2.5.pkg', makePkg({ version: '1.2.5', signer: others }), 'Test');
      expect((await promote('Demo-1.2.5.pkg')).status).toBe(200);
    });

    it('are refused while the signer is not known, and never when there can be none', async () => {
      await uploadRead('cut.pkg', makePkg().subarray(0, 200), 'Test');
      expect(await promote('cut.pkg')).toMatchObject({ status: 409, body: { detail: expect.stringContaining('could not read cut.pkg') } });
      expect((await promote('notes.txt')).status).toBe(200);
      expect((await server.api('PATCH', '/api/admin/packages/cut.pkg', { stage: 'Dev' })).status).toBe(200);
      await uploadRead('new.pkg', makePkg(), 'Test');
      await server.ok('POST', '/api/admin/packages/new.pkg/inspection'); // to be read again, and not read yet
      expect(await promote('new.pkg')).toMatchObject({
        status: 409,
        body: { detail: expect.stringContaining('not inspected on this server yet') },
      });
    });

    it('are as before once the rule is off again', async () => {
      await server.ok('PATCH', '/api/admin/replication', { confirm_signers: false });
      expect((await promote('Demo-1.2.4.pkg')).status).toBe(200);
    });
  });

  it('are named with title and version when something happens to them', async () => {
    await uploadRead('Demo-1.2.6.pkg', makePkg({ version: '1.2.6', signer: own }), 'Dev');
    await server.ok('PATCH', '/api/admin/packages/Demo-1.2.6.pkg', { stage: 'Test' });
    await server.ok('PATCH', '/api/admin/packages/Demo-1.2.6.pkg', { stage: 'Dev' });
    await server.ok('DELETE', '/api/admin/packages/Demo-1.2.6.pkg?confirm=true');
    await server.ok('POST', '/api/admin/packages/Demo-1.2.6.pkg/restore');
    const reader = await EventReader.open(server.url, await server.login(), '0');
    const happened = () =>
      reader.messages
        .map(({ type, data }) => ({ type, ...(data['data'] as Record<string, unknown>) }))
        .filter(
          ({ type, filename }: { type: string; filename?: unknown }) =>
            filename === 'Demo-1.2.6.pkg' && /moted|deleted|restored/.test(type),
        );
    await eventually(() => expect(happened()).toHaveLength(4));
    reader.close();
    const known = { title: 'Demo App', title_key: 'com.example.demo', version: '1.2.6' };
    expect(happened()).toMatchObject(
      ['package.promoted', 'package.demoted', 'package.deleted', 'package.restored'].map((type) => ({ type, ...known })),
    );
  });
});
