import path from 'node:path';
import { findAccount, forgetAccount, keepAccount } from './account.js';
import { AdminApi, unreachable } from './admin-api.js';
import { CommandFailed, EXIT, type Exit } from './failures.js';
import { parseChunkSize } from './chunk-size.js';
import { parseDuration } from './duration.js';
import { exchangeText } from './http-request.js';
import { importFolder } from './import-folder.js';
import { jamfCommand } from './jamf.js';
import { munkiCommand } from './munki/munki.js';
import { retentionCommand } from './retention.js';
import { allPackages, asStage, findPackage, packagePath, peersOf, stageAfter } from './packages.js';
import { printNote, progressBar, say, sayTable } from './screen.js';
import { issueToken } from './sign-in.js';
import { uploadFile } from './upload.js';
import { uploadFindings } from './upload-findings.js';
import { waitUntilEverywhere } from './wait.js';

/** All options of all commands: parsed once. */
export interface Options {
  readonly json?: boolean;
  readonly user?: string;
  readonly role?: string;
  readonly stage?: string;
  readonly status?: string;
  readonly name?: string;
  readonly notes?: string;
  readonly replace?: boolean;
  readonly wait?: boolean;
  readonly whole?: boolean;
  readonly timeout?: string;
  readonly chunkSize?: string;
  readonly expires?: string;
  readonly code?: string;
  readonly confirm?: string;
  readonly confirmSigner?: boolean;
  readonly match?: string;
  readonly dryRun?: boolean;
  readonly rename?: string;
  readonly delete?: boolean;
  readonly catalogs?: string;
  readonly folder?: string;
  readonly from?: string;
  readonly to?: string;
  readonly keep?: boolean;
  readonly confirmMassChange?: boolean;
}

interface Link {
  readonly path: string;
  readonly url: string | null;
}

export type Command = (words: readonly string[], options: Options) => Promise<Exit>;

const api = async (): Promise<AdminApi> => {
  const { url, token } = await findAccount();
  return new AdminApi(url, token);
};

function need(words: readonly string[], what: string): string {
  if (words[0] === undefined) throw new CommandFailed(`Say ${what}. "ods help" shows how.`, EXIT.usage);
  return words[0];
}

function secondsOf({ timeout = '600' }: Options): number {
  if (!/^\d{1,6}$/.test(timeout)) throw new CommandFailed('--timeout takes seconds.', EXIT.usage);
  return Number(timeout);
}

function chunkSizeOf({ chunkSize }: Options): number | null {
  if (chunkSize === undefined) return null;
  const bytes = parseChunkSize(chunkSize);
  if (bytes === null) throw new CommandFailed(`--chunk-size takes a size of at least 64K such as 32M, not "${chunkSize}".`, EXIT.usage);
  return bytes;
}

const login: Command = async (words, { user = 'admin', role, code }) => {
  const url = need(words, 'the URL of the server').replace(/\/+$/, '');
  if (!/^https?:\/\//.test(url)) throw new CommandFailed('The URL starts with https:// or http://.', EXIT.usage);
  const file = await keepAccount({ url, token: await issueToken(url, { username: user, role, code }) });
  say(`Signed in at ${url} as ${user}. The token is in ${file}, for you alone.`);
  return EXIT.done;
};

const logout: Command = async () => {
  await forgetAccount();
  say('Forgotten. The token stays good until it is revoked in the console.');
  return EXIT.done;
};

const upload: Command = async (words, options) => {
  need(words, 'which file to upload');
  if (options.name !== undefined && words.length > 1) throw new CommandFailed('--name is for one file.', EXIT.usage);
  const server = await api();
  for (const file of words) await uploadOne(server, file, options);
  return EXIT.done;
};

async function uploadOne(server: AdminApi, file: string, options: Options): Promise<void> {
  const filename = options.name ?? path.basename(file);
  const fields = {
    ...(options.stage === undefined ? {} : { stage: asStage(options.stage) }),
    ...(options.notes === undefined ? {} : { notes: options.notes }),
    ...(options.replace ? { replace: 'true' } : {}),
  };
  const bar = progressBar(filename);
  const uploaded = await uploadFile(server, { file, filename, fields, chunkSize: chunkSizeOf(options) }, bar.show).finally(bar.end);
  if (options.wait) await waitUntilEverywhere(server, uploaded.filename, secondsOf(options));
  if (options.json) say(JSON.stringify(uploaded));
  else {
    const where = options.wait ? 'everywhere' : 'here';
    say(
      `${uploaded.filename} is ${where}${uploaded.already_existed ? ' (it was before)' : ''}: ${uploaded.stage}, SHA-256 ${uploaded.sha256}`,
    );
    (await uploadFindings(server, uploaded.filename)).forEach(say);
  }
}

const list: Command = async (_, { stage, status, json }) => {
  const filter = { ...(stage === undefined ? {} : { stage: asStage(stage) }), ...(status === undefined ? {} : { status }) };
  const found = await allPackages(await api(), filter);
  if (json) say(JSON.stringify(found));
  else
    sayTable(
      ['FILENAME', 'STAGE', 'STATUS', 'BYTES', 'VERSION', 'TITLE'],
      found.map((each) => [each.filename, each.stage, each.status, String(each.file_size), each.version ?? '-', each.title ?? '-']),
    );
  return EXIT.done;
};

const show: Command = async (words, { json }) => {
  const found = await findPackage(await api(), need(words, 'which package'));
  if (json) say(JSON.stringify(found));
  else {
    for (const [name, value] of Object.entries(found)) {
      if (typeof value !== 'object') say(`${name}: ${String(value)}`);
    }
  }
  return EXIT.done;
};

const link: Command = async (words, { expires = '7d', json }) => {
  const name = need(words, 'which package');
  const seconds = parseDuration(expires);
  if (seconds === null) throw new CommandFailed(`--expires takes a time such as 30m, 12h or 7d, not "${expires}".`, EXIT.usage);
  const server = await api();
  const made = await server.call<Link>('POST', packagePath(name, '/links'), { expires_in_seconds: seconds });
  say(json ? JSON.stringify(made) : (made.url ?? new URL(made.path, server.url).href));
  const { link_required: isRequired } = await server.get<{ link_required: boolean }>('downloads');
  if (!isRequired) printNote('Downloads from this server need no link: whoever knows the name can download it without this one, too.');
  return EXIT.done;
};

const promote: Command = async (words, { json, confirmSigner }) => {
  const server = await api();
  const { filename, stage } = await findPackage(server, need(words, 'which package'));
  const to = words[1] === undefined ? stageAfter(stage) : asStage(words[1]);
  const consent = confirmSigner ? '&confirm_signer=true' : '';
  const changed = await server.call('PATCH', `${packagePath(filename)}${consent}`, { stage: to });
  say(json ? JSON.stringify(changed) : `${filename} is in ${to} now; it was in ${stage}.`);
  return EXIT.done;
};

const remove: Command = async (words) => {
  const name = need(words, 'which package');
  await (await api()).call('DELETE', packagePath(name));
  say(`${name} is deleted, here and soon everywhere.`);
  return EXIT.done;
};

const wait: Command = async (words, options) => {
  const name = need(words, 'which package');
  const places = await waitUntilEverywhere(await api(), name, secondsOf(options));
  say(options.json ? JSON.stringify(places) : `${name}: ${places.sentence}`);
  return EXIT.done;
};

const peers: Command = async (_, { json }) => {
  const found = await peersOf(await api());
  if (json) say(JSON.stringify(found));
  else
    sayTable(
      ['NAME', 'URL', 'STAGE', 'STATUS', 'BEHIND'],
      found.map((each) => [each.name, each.url, each.stage, each.status, String(each.lag)]),
    );
  return EXIT.done;
};

const register: Command = async (words, { json }) => {
  const invitation = need(words, 'the invitation that the other server copies for you');
  let input: unknown;
  try {
    const text = /ods-invite:([\w-]+)/.exec(invitation)?.[1] ?? '';
    const { url, iss_id, key } = JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, string>;
    input = { url, iss_id, key };
  } catch {
    throw new CommandFailed('That is no invitation. Copy it whole from the Network page of the other server.', EXIT.usage);
  }
  const peer = await (await api()).call<{ name: string }>('POST', 'register', input);
  say(json ? JSON.stringify(peer) : `Registered with ${peer.name}.`);
  return EXIT.done;
};

const status: Command = async (_, { json }) => {
  const server = await api();
  const ready = await exchangeText(`${server.url}/readyz`, 'GET', {}, { timeoutMs: 10_000 }).catch((error: unknown) => {
    throw unreachable(server.url, error);
  });
  const health = JSON.parse(ready.text) as { status: string; reasons: string[] };
  const away = (await peersOf(server))
    .filter((peer) => peer.status === 'unreachable')
    .map(({ name, last_error }) => `${name} does not answer: ${last_error ?? ''}`);
  const troubled = (await Promise.all(['Failed', 'Quarantined'].map((word) => allPackages(server, { status: word })))).flat();
  const reasons = [...health.reasons, ...away, ...troubled.map((each) => `${each.filename} is ${each.status}`)];
  if (json) say(JSON.stringify({ status: health.status, reasons }));
  else {
    say(`${server.url} is ${health.status}.`);
    for (const reason of reasons) say(`  ${reason}`);
  }
  return health.status === 'ready' && reasons.length === 0 ? EXIT.done : EXIT.refused;
};

const importAll: Command = async ([source, folder], options) => {
  if (source !== 'folder' || folder === undefined)
    throw new CommandFailed('Say what to import: ods import folder DIR. "ods help import" shows how.', EXIT.usage);
  const { match = '*', stage, rename, replace = false, dryRun = false, json = false } = options;
  const order = { folder, match, rename, replace, dryRun, json, chunkSize: chunkSizeOf(options) };
  return importFolder(await api(), { ...order, stage: stage === undefined ? undefined : asStage(stage) });
};

const retention: Command = async (words, { confirm, json }) => retentionCommand(await api(), words[0], { confirm, json });

const munki: Command = async (words, options) => {
  const { delete: deletes = false, dryRun = false, confirmMassChange: isConfirmed = false, json = false } = options;
  const { name, catalogs = 'testing', folder, replace = false, from = 'testing', to, keep = false } = options;
  const order = {
    name,
    folder,
    replace,
    catalogs: catalogs
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean),
  };
  return munkiCommand(await api(), words, { deletes, dryRun, isConfirmed, json, pkginfo: order, promotion: { from, to, keep } });
};

const jamf: Command = async (words, options) => {
  const { json = false, whole = false } = options;
  return jamfCommand(await api(), words, { isJson: json, isWhole: whole, timeoutSeconds: secondsOf(options) });
};

export const commands = {
  login,
  logout,
  upload,
  import: importAll,
  list,
  show,
  link,
  promote,
  delete: remove,
  wait,
  peers,
  register,
  jamf,
  munki,
  retention,
  status,
};
