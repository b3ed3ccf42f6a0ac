import { hostname, userInfo } from 'node:os';
import { text } from 'node:stream/consumers';
import { AdminApi } from './admin-api.js';
import { CommandFailed } from './failures.js';
import { HiddenInput } from './hidden-input.js';

export interface SignIn {
  readonly username: string;
  /** Of the token; the user's own when it is not given. */
  readonly role: string | undefined;
  /** What the log of the server shows for a first password that is used from another machine. */
  readonly code: string | undefined;
}

/** Asks at the terminal; in a script, takes the next line of standard input. */
type Ask = (prompt: string) => Promise<string>;

/** Signs in once and has a token issued, which stays good until it is revoked: the password is kept nowhere. */
export async function issueToken(url: string, signIn: SignIn): Promise<string> {
  const { ask, close } = await questions();
  try {
    return await signInAsking(url, signIn, ask);
  } finally {
    close();
  }
}

async function signInAsking(url: string, { username, role, code }: SignIn, ask: Ask): Promise<string> {
  const password = await ask(`Password of ${username}: `);
  // A code is good once and comes with a first password, which must be changed: the new one is asked for before the code is used up.
  const chosen = code === undefined ? null : await askForOwn(ask, url);
  const credentials = { username, password, ...(code === undefined ? {} : { code }) };
  const open = new AdminApi(url, null);
  const signedIn = await open.call<{ access_token: string; password_change_required: boolean }>('POST', 'auth/login', credentials);
  const api = new AdminApi(url, signedIn.access_token);
  if (signedIn.password_change_required) {
    const own = chosen ?? (await askForOwn(ask, url));
    await api.call('POST', 'auth/password', { current_password: password, new_password: own });
  }
  const me = await api.get<{ role: string }>('auth/me');
  const { token } = await api.call<{ token: string }>('POST', 'tokens', { name: tokenName(), role: role ?? me.role, expires_in_days: 365 });
  await api.call('POST', 'auth/logout');
  return token;
}

/** Names of tokens are unique: with the time, who has lost one may sign in again. */
const tokenName = (): string => {
  const now = new Date().toISOString().slice(0, 23).replace('T', ' ');
  return `${`ods, ${userInfo().username} at ${hostname()}`.slice(0, 70)}, ${now}`;
};

/** A password that was given must be replaced before anything else. */
async function askForOwn(ask: Ask, url: string): Promise<string> {
  const own = await ask('That password is for the first sign-in. New password: ');
  if (own === '') {
    throw new CommandFailed(`Set a password of your own first: open ${url} and sign in, or give it on the second line of standard input.`);
  }
  if (process.stdin.isTTY && (await ask('New password, once more: ')) !== own) {
    throw new CommandFailed('The two are not the same. The password was not changed.');
  }
  return own;
}

async function questions(): Promise<{ ask: Ask; close(): void }> {
  if (process.stdin.isTTY) {
    const input = new HiddenInput();
    return { ask: (prompt) => input.ask(prompt), close: () => input.close() };
  }
  const lines = (await text(process.stdin)).split(/\r?\n/);
  return { ask: () => Promise.resolve(lines.shift() ?? ''), close: () => undefined };
}
