import { hostname, userInfo } from 'node:os';
import { text } from 'node:stream/consumers';
import { AdminApi } from './admin-api.js';
import { CommandFailed } from './failures.js';

/** Signs in once and has a token issued, which stays good until it is revoked: the password is kept nowhere. */
export async function issueToken(url: string, username: string, role: string | undefined): Promise<string> {
  const password = process.stdin.isTTY ? await askHidden(`Password of ${username}: `) : (await text(process.stdin)).replace(/\r?\n$/, '');
  const open = new AdminApi(url, null);
  const signedIn = await open.call<{ access_token: string; password_change_required: boolean }>('POST', 'auth/login', {
    username,
    password,
  });
  const api = new AdminApi(url, signedIn.access_token);
  if (signedIn.password_change_required) throw new CommandFailed(`Set a password of your own first: open ${url} and sign in.`);
  const me = await api.get<{ role: string }>('auth/me');
  const name = `ods, ${userInfo().username} at ${hostname()}`.slice(0, 100);
  const { token } = await api.call<{ token: string }>('POST', 'tokens', { name, role: role ?? me.role, expires_in_days: 365 });
  await api.call('POST', 'auth/logout');
  return token;
}

/** Reads a line from the terminal without showing it. */
async function askHidden(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  process.stdin.setRawMode(true).setEncoding('utf8').resume();
  let line = '';
  try {
    for await (const keys of process.stdin as AsyncIterable<string>) {
      for (const key of keys) {
        if (key === '\r' || key === '\n') return line;
        if (key === '\u0003') throw new CommandFailed('Interrupted.');
        line = key === '\u007f' ? line.slice(0, -1) : line + key;
      }
    }
    return line;
  } finally {
    process.stdin.setRawMode(false).pause();
    process.stderr.write('\n');
  }
}
