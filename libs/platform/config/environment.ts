import { readFileSync } from 'node:fs';
import { settings } from './settings.js';

type Environment = Record<string, string | undefined>;
/** Does the work, or notes its Error as a fault of `name` and answers undefined. */
export type Attempt = <T>(name: string, work: () => T) => T | undefined;

/** Names that the reference documents use for what has a better name here. */
const otherNames = { REDIS_URL: 'CELERY_BROKER_URL', UPLOAD_STAGING_DIR: 'UPLOAD_STAGING_DIRECTORY' } as const;

/**
 * What was given for each setting: by the environment, beneath it by the file that `ODS_CONF` names, and for
 * each of the two by the file that `NAME_FILE` names (container platforms hand out secrets so) or by the
 * setting's other name. An empty value counts as not given: compose files leave such.
 */
export function readEnvironment(environment: Environment, attempt: Attempt): Environment {
  const { ODS_CONF: confFile } = environment;
  const layers = [environment];
  if (confFile) layers.push(attempt('ODS_CONF', () => parseConfFile(contentOf(confFile))) ?? {});
  const given: Environment = {};
  for (const name of Object.keys(settings)) {
    const names = [name, ...(name in otherNames ? [otherNames[name as keyof typeof otherNames]] : [])];
    given[name] = layers.flatMap((layer) => names.map((each) => valueOf(layer, each, attempt))).find((value) => value);
  }
  return given;
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
    // Only after quotes can a comment be told from a value.
    found[match[1]!] = match[2]!.replace(/^(["'])(.*?)\1(?:\s+#.*)?$/, '$2');
  }
  return found;
}
