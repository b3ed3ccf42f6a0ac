import { Command as Program, Option } from 'commander';
import { readFileSync } from 'node:fs';
import { type Command, commands, type Options } from './commands.js';
import { completionsOf } from './completions.js';
import { CommandFailed, EXIT, type Exit } from './failures.js';
import { printNote } from './screen.js';

/** From the package this is part of: four folders up from where it is built. */
const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')) as { version: string }).version;

const foot = `
In scripts set ODS_URL and ODS_TOKEN instead of signing in; HTTPS_PROXY and NO_PROXY count.
Status: 0 done and well; 1 refused, or something needs a look; 2 wrong words; 3 no answer; 4 not within the time.`;

const stage = () => new Option('--stage <stage>', 'Dev, Test or Prod');
const timeout = () => new Option('--timeout <seconds>', 'how long to wait').default('600');
const json = () => new Option('--json', 'print the answer of the API');

interface Description {
  readonly arguments?: readonly (readonly [name: string, what: string])[];
  readonly usage: string;
  readonly options?: readonly Option[];
  readonly what: string;
}

const descriptions: Readonly<Record<keyof typeof commands | 'completion', Description>> = {
  login: {
    usage: 'URL [--user NAME] [--role ROLE] [--code CODE]',
    arguments: [['[url]', 'of the server, https://ods.example.com']],
    options: [
      new Option('--user <name>', 'who signs in').default('admin'),
      new Option('--role <role>', 'of the token: viewer, publisher or admin'),
      new Option('--code <code>', 'for a first password that is used from another machine: the code in the log of the server'),
    ],
    what: 'sign in and keep a token; the password is asked for, or read from standard input',
  },
  logout: { usage: '', what: 'forget the token (revoke it in the console)' },
  upload: {
    usage: 'FILE... [options]',
    arguments: [['[file...]', 'what to upload']],
    options: [
      stage().default(undefined, "the server's own"),
      new Option('--name <name>', 'public name, when it is another than the file has'),
      new Option('--notes <text>', 'notes for people'),
      new Option('--replace', 'replace another content of the same name, on every server'),
      new Option('--wait', 'until it is on every server that it belongs on'),
      timeout(),
      new Option('--chunk-size <size>', 'most bytes of one request, such as 32M; without it the limit of a proxy is found out'),
    ],
    what: 'upload packages',
  },
  import: {
    usage: 'folder DIR [options]',
    arguments: [
      ['[source]', 'folder'],
      ['[folder]', 'whose files are to come to the server'],
    ],
    options: [
      new Option('--dry-run', 'only compare, send nothing'),
      new Option('--match <pattern>', 'only file names that fit, such as "*.pkg"').default('*'),
      stage().default(undefined, "the server's own"),
      new Option('--replace', 'replace other contents of the same name, on every server'),
      new Option('--rename <file>', 'JSON file with other names for files; names that are refused are added to it'),
      new Option('--chunk-size <size>', 'most bytes of one request, such as 32M; without it the limit of a proxy is found out'),
    ],
    what: 'bring the packages of a folder, such as a mounted share; what is there is not sent again',
  },
  list: {
    usage: '[--stage STAGE] [--status STATUS]',
    options: [stage(), new Option('--status <status>', 'Public, Waiting, Failed …')],
    what: 'the packages',
  },
  show: { usage: 'NAME', arguments: [['[name]', 'of a package']], what: 'one package' },
  link: {
    usage: 'NAME [--expires TIME]',
    arguments: [['[name]', 'of a package']],
    options: [new Option('--expires <time>', 'after this time it opens nothing: 30m, 12h, 7d').default('7d')],
    what: 'a link that downloads it, for whoever has the link',
  },
  promote: {
    usage: 'NAME [STAGE] [--confirm-signer]',
    arguments: [
      ['[name]', 'of a package'],
      ['[stage]', 'the next one when not given'],
    ],
    options: [new Option('--confirm-signer', 'agree, as an administrator, to a signer that is missing or another than before')],
    what: 'to the next stage, or to this one',
  },
  delete: { usage: 'NAME', arguments: [['[name]', 'of a package']], what: 'everywhere; it can be restored for a while' },
  wait: {
    usage: 'NAME [--timeout SECONDS]',
    arguments: [['[name]', 'of a package']],
    options: [timeout()],
    what: 'until it is on every server of the mesh that it belongs on',
  },
  peers: { usage: '', what: 'the registered servers' },
  register: { usage: 'INVITATION', arguments: [['[invitation]', 'as copied there']], what: "as the other server's Network page copies it" },
  jamf: {
    usage: 'status|plan|compare|points|networks [IP]|check [NAME] [--whole]',
    arguments: [
      ['[what]', 'status, plan, compare, points, networks or check'],
      ['[which]', 'networks: the address of a computer; check: the name of a package'],
    ],
    options: [new Option('--whole', 'check: read everything and compare its hash, not the first byte alone'), timeout()],
    what: 'package records, distribution points and network segments in Jamf Pro, and what computers get',
  },
  munki: {
    usage: 'push|pull FOLDER|check|pkginfo PACKAGE|promote ITEM --to CATALOG|restore PATH',
    arguments: [
      ['[what]', 'push, pull, check, pkginfo, promote or restore'],
      [
        '[target]',
        'push, pull: the Munki repository on this machine; pkginfo: a package of the share; promote: the name of an item, with or without its version, or its pkginfo file; restore: a file of the repository',
      ],
    ],
    options: [
      new Option('--delete', 'push: delete on every server what the folder does not have'),
      new Option('--dry-run', 'only compare, send and write nothing'),
      new Option('--confirm-mass-change', 'push, promote: a large part of the repository is meant to be changed'),
      new Option('--name <name>', 'pkginfo: of the item; the title of the package without it'),
      new Option('--catalogs <names>', 'pkginfo: separated by commas').default('testing'),
      new Option('--folder <path>', 'pkginfo: of the file, below pkgsinfo'),
      new Option('--replace', 'pkginfo: write a file anew that names another content'),
      new Option('--from <catalog>', 'promote: the catalog that the item is in').default('testing'),
      new Option('--to <catalog>', 'promote: the catalog that it comes into'),
      new Option('--keep', 'promote: the item stays in the first catalog, too'),
    ],
    what: 'the Munki repository that every server has: from or into a folder, whether its catalogs are whole, items for packages and their promotion, deleted files',
  },
  retention: {
    usage: 'plan|apply [--confirm NUMBER]',
    arguments: [['[what]', 'plan or apply']],
    options: [new Option('--confirm <number>', 'how many packages are to be removed, as the plan says')],
    what: 'old versions: which ones the rules would remove, and removing them everywhere',
  },
  status: { usage: '', what: 'whether everything is in order' },
  completion: { usage: 'bash|zsh|fish', arguments: [['[shell]', 'bash, zsh or fish']], what: 'to be read by the shell' },
};

/** The words of `ods`, for completion: each command with its own options. */
export const optionsOf = (): ReadonlyMap<string, readonly string[]> =>
  new Map(
    Object.entries(descriptions).map(([name, { options = [] }]) => [name, [...options.map(({ long }) => long!), '--json', '--help']]),
  );

const completion: Command = ([shell]) => {
  const scripts = completionsOf(optionsOf());
  const script = shell === undefined ? undefined : scripts[shell];
  if (script === undefined) throw new CommandFailed(`Say for which shell: ${Object.keys(scripts).join(', ')}.`, EXIT.usage);
  process.stdout.write(script);
  if (process.stdout.isTTY) printNote('Put this where your shell reads completions, for example: source <(ods completion bash)');
  return Promise.resolve(EXIT.done);
};

/** `finished` receives the exit status of the command that was given. Throws CommanderError for wrong words, and once help was shown. */
export function makeProgram(finished: (exit: Exit) => void): Program {
  const program = new Program('ods')
    .description('Works with an Open Distribution Server over its admin API.')
    .version(version(), '-V, --version', 'print the version')
    .addOption(json())
    .addHelpText('after', foot)
    .configureHelp({ subcommandTerm: (command) => `ods ${command.name()} ${command.usage()}`.trimEnd(), showGlobalOptions: true })
    .exitOverride();
  for (const [name, { usage, what, arguments: words = [], options = [] }] of Object.entries(descriptions)) {
    const command = program.command(name).description(what).usage(usage).copyInheritedSettings(program);
    for (const [word, about] of words) command.argument(word, about);
    for (const option of options) command.addOption(option);
    const run: Command = { ...commands, completion }[name as keyof typeof descriptions];
    command.action(async () => finished(await run(command.args, command.optsWithGlobals<Options>())));
  }
  return program;
}
