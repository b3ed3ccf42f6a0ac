import { User } from '#libs/entities/user.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { AdminCaller } from '../support/admin-caller.js';
import { startApp } from '../support/app-in-process.js';
import { scratchDir } from '../support/services.js';

const usersOf = async (dataDir: string, env: Record<string, string> = {}, change?: (db: Database) => Promise<unknown>): Promise<User[]> => {
  const server = await startApp({ dataDir, env });
  try {
    const db = server.app.get(Database);
    const users = await db.manager.find(User, { order: { id: 'ASC' } });
    await change?.(db);
    return users;
  } finally {
    await server.stop();
  }
};

describe('the first administrator', () => {
  it('must change the password that everybody knows', async () => {
    const [admin, ...others] = await usersOf(scratchDir('first'));
    expect(others).toEqual([]);
    expect(admin).toMatchObject({
      username: 'admin',
      role: 'admin',
      mustChangePassword: true,
      disabled: false,
    });
    expect(admin!.passwordHash).toMatch(/^\$scrypt\$/);
  });

  it('has ADMIN_PASSWORD when it is given, and keeps it when it is given another one later', async () => {
    const dataDir = scratchDir('first');
    const [made] = await usersOf(dataDir, { ADMIN_PASSWORD: 'vermilion otter teapot' });
    expect(made).toMatchObject({ mustChangePassword: false });
    expect(await usersOf(dataDir, { ADMIN_PASSWORD: 'another otter teapot' })).toEqual([made]);
  });

  it.each(['ods1234!', 'short', 'password12345!'])('must change ADMIN_PASSWORD %s at the first sign-in', async (ADMIN_PASSWORD) => {
    const server = await startApp({ env: { ADMIN_PASSWORD } });
    try {
      const credentials = { username: 'admin', password: ADMIN_PASSWORD };
      const answer = await new AdminCaller(server.url).signIn(credentials);
      expect(answer).toMatchObject({ password_change_required: true });
    } finally {
      await server.stop();
    }
  });

  it('does not come back once renamed', async () => {
    const dataDir = scratchDir('first');
    await usersOf(dataDir, {}, (db) => db.manager.update(User, { username: 'admin' }, { username: 'anna', usernameKey: 'anna' }));
    expect((await usersOf(dataDir)).map(({ username }) => username)).toEqual(['anna']);
  });
});
