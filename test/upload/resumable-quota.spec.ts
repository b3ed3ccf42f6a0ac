import { AdminCaller } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { TusCaller } from './tus-caller.js';

const PASSWORD = 'vermilion otter teapot';

describe('unfinished uploads', () => {
  let server: AppInProcess;
  let admin: AdminCaller;
  beforeAll(async () => {
    server = await startApp({ env: { ADMIN_PASSWORD: PASSWORD } });
    admin = new AdminCaller(server.url);
    await admin.signIn({ username: 'admin', password: PASSWORD });
  });
  afterAll(() => server.stop());

  const client = async (name: string): Promise<TusCaller> => {
    const response = await admin.send('POST', 'tokens', { role: 'publisher', name });
    return new TusCaller(server, ((await response.json()) as { token: string }).token);
  };

  it('of one client are limited, and leave room for those of others', async () => {
    const [one, other] = [await client('greedy'), await client('modest')];
    const places: string[] = [];
    for (let count = 0; count < 50; count += 1) places.push(await one.begin(`greedy ${count}.pkg`, 10));
    expect(await one.create(10, { filename: 'one more.pkg' })).toMatchObject({ status: 429, problem: 'too-many-uploads' });
    await other.begin('modest.pkg', 10);
    expect((await one.send('DELETE', places[0]!)).status).toBe(204);
    await one.begin('one more.pkg', 10);
  });
});
