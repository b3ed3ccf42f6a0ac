import { randomUUID } from 'node:crypto';
import { Package } from '#libs/entities/package.entity.js';
import { PackageMetadata } from '#libs/entities/package-metadata.entity.js';
import { Transfer } from '#libs/entities/transfer.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { aMetadata } from '#libs/packages/titles/a-metadata.testing.js';
import { Database } from '#libs/platform/database/database.js';
import { AdminCaller, problem } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { base64 } from '../upload/tus-caller.js';
import { leastRoles } from './least-roles.js';

const PASSWORD = 'vermilion otter teapot';

/** Operations of publishers that touch no package of a stage, with the reason. */
const withoutStage: Readonly<Record<string, string>> = {
  'HEAD upload/resumable/{id}': "only the caller's own uploads",
  'PATCH upload/resumable/{id}': "only the caller's own uploads, whose stage was checked at their beginning",
  'POST upload/resumable/{id}': "only the caller's own uploads, whose stage was checked at their beginning",
  'DELETE upload/resumable/{id}': "only the caller's own uploads",
  'POST registered_ods/{id}/sync': 'reads the catalog of a server, as it is read every few minutes anyway',
};

describe('a token that is limited to the stage Dev', () => {
  let server: AppInProcess;
  let program: AdminCaller;
  let transferId: number;
  beforeAll(async () => {
    server = await startApp({ env: { ADMIN_PASSWORD: PASSWORD } });
    const admin = new AdminCaller(server.url);
    await admin.signIn({ username: 'admin', password: PASSWORD });
    program = new AdminCaller(server.url);
    const made = await admin.send('POST', 'tokens', { name: 'dev', role: 'publisher', stages: ['Dev'] });
    program.token = ((await made.json()) as { token: string }).token;
    const { manager } = server.app.get(Database);
    for (const [filename, version] of [
      ['prod.pkg', '1'],
      ['newer.pkg', '2'],
    ] as const) {
      const form = new FormData();
      form.set('stage', 'Prod');
      form.set('file', new Blob([filename]), filename);
      const headers = { authorization: `Bearer ${admin.token}` };
      expect((await fetch(`${server.url}/api/admin/upload`, { method: 'POST', body: form, headers })).status).toBe(201);
      const { uuid } = await manager.findOneByOrFail(Package, { filename });
      await manager.insert(PackageMetadata, aMetadata({ uuid, version }));
    }
    expect((await admin.send('PUT', 'retention', { rules: [{ keep: 1, min_age_days: 0 }], automatic: false })).status).toBe(200);
    const { uuid } = await manager.findOneByOrFail(Package, { filename: 'prod.pkg' });
    const now = server.app.get(Clock).now();
    const times = { createdMs: now, updatedMs: now };
    await manager.save(
      Transfer,
      manager.create(Transfer, { uuid, filename: 'prod.pkg', size: 4, state: 'queued', verifiedBytes: 0, attempts: 0, ...times }),
    );
    transferId = (await manager.findOneByOrFail(Transfer, { uuid })).id;
  });
  afterAll(() => server.stop());

  const upload = (path: string): Promise<Response> => {
    const form = new FormData();
    form.set('stage', 'Prod');
    form.set('file', new Blob([randomUUID()]), `${randomUUID()}.pkg`);
    return fetch(`${server.url}/api/admin/${path}`, { method: 'POST', body: form, headers: { authorization: `Bearer ${program.token}` } });
  };
  const metadata = `filename ${base64('new.pkg')},stage ${base64('Prod')}`;
  const attempts: Readonly<Record<string, () => Promise<Response>>> = {
    'POST packages': () => upload('packages'),
    'POST upload': () => upload('upload'),
    'PUT packages/{name}/content': () => program.send('PUT', 'packages/new.pkg/content?stage=Prod', { any: 'bytes' }),
    'PATCH packages/{id_or_name}': () => program.send('PATCH', 'packages/prod.pkg', { stage: 'Dev' }),
    'DELETE packages/{id_or_name}': () => program.send('DELETE', 'packages/prod.pkg'),
    'POST packages/{id_or_name}/verify': () => program.send('POST', 'packages/prod.pkg/verify'),
    'POST packages/{id_or_name}/inspection': () => program.send('POST', 'packages/prod.pkg/inspection'),
    'POST packages/{id_or_name}/restore': () => program.send('POST', 'packages/prod.pkg/restore'),
    'POST packages/{id_or_name}/links': () => program.send('POST', 'packages/prod.pkg/links', {}),
    'POST retention/apply': () => program.send('POST', 'retention/apply?confirm=1'),
    'POST upload/resumable': () =>
      program.send('POST', 'upload/resumable', undefined, { 'tus-resumable': '1.0.0', 'upload-length': '5', 'upload-metadata': metadata }),
    'PUT munki/files/{path}': () => program.send('PUT', 'munki/files/manifests%2Fsite_default', { any: 'bytes' }),
    'DELETE munki/files/{path}': () => program.send('DELETE', 'munki/files/manifests%2Fsite_default'),
    'POST munki/files/{path}/restore': () => program.send('POST', 'munki/files/manifests%2Fsite_default/restore'),
    'POST munki/pkginfo': () => program.send('POST', 'munki/pkginfo', { filename: 'prod.pkg', name: 'Prod' }),
    'POST munki/promote': () =>
      program.send('POST', 'munki/promote', { paths: ['pkgsinfo/App-1.plist'], from: 'testing', to: 'production' }),
    'POST transfers/{id}/retry': () => program.send('POST', `transfers/${transferId}/retry`),
    'POST transfers/{id}/cancel': () => program.send('POST', `transfers/${transferId}/cancel`),
  };
  const operations = [...leastRoles]
    .filter(([operation, role]) => role === 'publisher' && !(operation in withoutStage))
    .map(([operation]) => operation);

  it.each(operations)('does nothing to a package of Prod by %s', async (operation) => {
    const attempt = attempts[operation];
    if (!attempt) throw new Error(`Say here how ${operation} would touch a package of another stage, or why it cannot.`);
    const response = await attempt();
    // There is nothing to restore: that is found before the stage is.
    const expected = operation.endsWith('restore') ? /stage-not-yours|nothing-to-restore/ : /stage-not-yours/;
    expect((await problem(response)).type).toMatch(expected);
    expect(await server.app.get(Database).manager.findOneBy(Transfer, { id: transferId })).toMatchObject({ state: 'queued' });
  });
});
