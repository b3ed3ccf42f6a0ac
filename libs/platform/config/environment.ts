import { readFileSync } from 'node:fs';
import { settings } from './settings.js';
import { faultsOfEnvironment, faultsOfFile } from './unknown-settings.js';

type Environment = Record<string, string | undefined>;
/** The text of a setting, and the name that it was given by: it may have two. */
export interface GivenSetting {
  readonly name: string;
  readonly value: string | undefined;
}

export type Given = Readonly<Record<string, GivenSetting>>;

/** Does the work, or notes its Error as a fault of `name` and answers undefined. */
export type Attempt = <T>(name: string, work: () => T) => T | undefined;

/** Names that the reference documents use for what has a better name here. */
const otherNames = {
  OUTBOUND_ALLOW_LOCAL: 'WEBHOOK_ALLOW_LOCAL',
  REDIS_URL: 'CELERY_BROKER_URL',
  UPLOAD_STAGING_DIR: 'UPLOAD_STAGING_DIRECTORY',
  // As curl and others write them.
  HTTP_PROXY: 'http_proxy',
  HTTPS_PROXY: 'https_proxy',
  NO_PROXY: 'no_proxy',
} as const;
/** Also of the tools that stand beside the server. */
const otherPrograms = ['ODS_CONF', 'ODS_URL', 'ODS_TOKEN'];

const settingNames = Object.keys(settings);
const knownNames = [...settingNames, ...Object.values(otherNames)].flatMap((name) => [name, `${name}_FILE`]);

/**
 * What was given for each setting: by the environment, beneath it by the file that `ODS_CONF` names, and for
 * each of the two by the file that `NAME_FILE` names (container platforms hand out secrets so) or by the
 * setting's other name. An empty value counts as not given: compose files leave such.
 */
export function readEnvironment(environment: Environment, attempt: Attempt): Given {
  const { ODS_CONF: confFile } = environment;
  const layers = [environment];
  if (confFile) layers.push(attempt('ODS_CONF', () => parseConfFile(contentOf(confFile))) ?? {});
  noteUnknown(environment, layers[1] ?? {}, attempt);
  const given: Record<string, GivenSetting> = {};
  for (const name of settingNames) {
    const names = [name, ...(name in otherNames ? [otherNames[name as keyof typeof otherNames]] : [])];
    const values = layers.flatMap((layer) => names.map((each) => ({ name: each, value: valueOf(layer, each, attempt) })));
    given[name] = values.find(({ value }) => value) ?? { name, value: undefined };
  }
  return given;
}

/** An unknown name would leave an unintended default in force. */
function noteUnknown(environment: Environment, conf: Environment, attempt: Attempt): void {
  const given = Object.keys(environment).filter((name) => environment[name] && !otherPrograms.includes(name));
  const inEnvironment = process.platform === 'win32' ? [] : faultsOfEnvironment(given, knownNames); // where names have no case
  const faults = [
    ...inEnvironment,
    ...faultsOfFile(Object.keys(conf), [...knownNames, ...otherPrograms]).map((fault) => ({ name: 'ODS_CONF', fault })),
  ];
  for (const { name, fault } of faults) {
    attempt(name, () => {
      throw new Error(fault);
    });
  }
}

function valueOf(layer: Environment, name: string, attempt: Attempt): string | undefined {
  const file = layer[`${name}_FILE`];
  if (layer[name] || !file) return layer[name];
  return attempt(`${name}_FILE`, () => contentOf(file).replace(/\r?\n$/, ''));
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`names ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  }
}

/** Reads `KEY=value` lines; `#` starts a comment line, quotes around a value are taken off. */
export function parseConfFile(content: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    const trimmed = line.trim().replace(/^export\s+/, '');
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const match = /^([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/.exec(trimmed);
    if (!match) throw new Error(`has a line ${index + 1} that is not KEY=value.`);
    // Only after quotes can a comment be distinguished from a value.
    found[match[1]!] = match[2]!.replace(/^(["'])(.*?)\1(?:\s+#.*)?$/, '$2');
  }
  return found;
}
