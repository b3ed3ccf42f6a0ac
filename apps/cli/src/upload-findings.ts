import { setTimeout as sleep } from 'node:timers/promises';
import type { AdminApi } from './admin-api.js';
import { CommandFailed } from './failures.js';
import { packagePath } from './packages.js';

const LOOK_EVERY_MS = 250;
/** An inspection takes a moment; where many wait, the upload is not held up for it. */
const UPLOAD_WAIT_MS = 5_000;
const MOST_BESIDE = 3;

interface Beside {
  readonly filename: string;
  readonly stage: string;
  readonly version: string | null;
  readonly order: 'older' | 'newer' | 'same' | 'unknown';
}

interface Inspection {
  readonly state: string;
  readonly details: { readonly title: string | null; readonly version: string | null } | null;
  readonly related: { readonly packages: readonly Beside[]; readonly signer_change: { readonly sentence: string } | null } | null;
}

/** What the server read in a package that was uploaded: its title and version, others of the title, another signer. Nothing where it cannot say. */
export async function uploadFindings(api: AdminApi, filename: string): Promise<string[]> {
  const inspection = await inspectionOf(api, filename, UPLOAD_WAIT_MS);
  if (!inspection?.details) return [];
  const { details, related } = inspection;
  const named = [details.title, details.version].filter((text) => text !== null).join(' ');
  const change = related?.signer_change?.sentence;
  return [
    ...(named === '' ? [] : [`  ${named}`]),
    ...(related?.packages.slice(0, MOST_BESIDE).map(besideLine) ?? []),
    ...(change === undefined ? [] : [`  Check the signer: ${change}`]),
  ];
}

const besideLine = ({ filename, stage, version, order }: Beside): string => {
  const which = version === null ? '' : `${order === 'unknown' ? '' : `${order} `}version ${version}, `;
  return `  ${filename}: ${which}in ${stage}`;
};

/** Null when it is not inspected in time, or by a server that does not inspect. */
export async function inspectionOf(api: AdminApi, filename: string, waitMs: number): Promise<Inspection | null> {
  const until = Date.now() + waitMs;
  try {
    for (;;) {
      const found = await api.get<Inspection>(packagePath(filename, '/inspection'));
      if (found.state !== 'waiting') return found;
      if (Date.now() >= until) return null;
      await sleep(LOOK_EVERY_MS);
    }
  } catch (error) {
    if (error instanceof CommandFailed) return null; // what the caller does needs no inspection, or says itself what is wrong
    throw error;
  }
}
