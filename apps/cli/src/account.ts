import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { CommandFailed, EXIT } from './failures.js';

/** Where to call, and as whom. */
export interface Account {
  readonly url: string;
  readonly token: string;
}

const configFile = (): string => path.join(process.env['XDG_CONFIG_HOME'] ?? path.join(homedir(), '.config'), 'ods', 'account.json');

/** ODS_URL and ODS_TOKEN, and for what they leave out the account that "ods login" kept. */
export async function findAccount(): Promise<Account> {
  const kept = await readKept();
  const url = process.env['ODS_URL'] ?? kept?.url;
  const token =
    process.env['ODS_TOKEN'] ?? (process.env['ODS_URL'] === undefined || process.env['ODS_URL'] === kept?.url ? kept?.token : undefined);
  if (!url || !token) throw new CommandFailed('Not signed in. Run "ods login URL", or set ODS_URL and ODS_TOKEN.', EXIT.usage);
  return { url, token };
}

export async function keepAccount(account: Account): Promise<string> {
  const file = configFile();
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await rm(file, { force: true }); // so that the mode below is the file's, whoever made it before
  await writeFile(file, `${JSON.stringify(account)}\n`, { mode: 0o600 });
  return file;
}

export const forgetAccount = (): Promise<void> => rm(configFile(), { force: true });

async function readKept(): Promise<Account | null> {
  try {
    return JSON.parse(await readFile(configFile(), 'utf8')) as Account;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new CommandFailed(`${configFile()} cannot be read: ${(error as Error).message}. Run "ods login URL" again.`);
  }
}
