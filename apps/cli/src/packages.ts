import type { AdminApi } from './admin-api.js';
import { CommandFailed } from './failures.js';

export const stages = ['Dev', 'Test', 'Prod'] as const;
export type Stage = (typeof stages)[number];

export interface Listed {
  readonly filename: string;
  readonly stage: Stage;
  readonly status: string;
  readonly file_size: number;
  readonly file_size_hr: string;
  readonly sha256: string;
  /** Null while they are not known to the server. */
  readonly title: string | null;
  readonly version: string | null;
}

export interface Peer {
  readonly id: number;
  readonly name: string;
  readonly url: string;
  readonly stage: Stage;
  readonly status: 'connected' | 'unreachable' | 'paused' | 'unknown';
  readonly lag: number;
  readonly last_error: string | null;
}

/** Every package that fits, page by page. */
export async function allPackages(api: AdminApi, filter: Readonly<Record<string, string>> = {}): Promise<Listed[]> {
  const found: Listed[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query = new URLSearchParams({ ...filter, limit: '500', ...(cursor === '' ? {} : { cursor }) });
    const page: { items: Listed[]; next: string | null } = await api.get(`packages?${query.toString()}`);
    found.push(...page.items);
    cursor = page.next;
  }
  return found;
}

/** By its name, also where the name is a number: `ods delete 7` must not mean another package. */
export const packagePath = (name: string, action = ''): string => `packages/${encodeURIComponent(name)}${action}?by=name`;

export const findPackage = (api: AdminApi, name: string): Promise<Listed> => api.get(packagePath(name));

export const peersOf = async (api: AdminApi): Promise<Peer[]> => (await api.get<{ items: Peer[] }>('registered_ods')).items;

export function asStage(word: string): Stage {
  const stage = stages.find((each) => each.toLowerCase() === word.toLowerCase());
  if (!stage) throw new CommandFailed(`A stage is one of ${stages.join(', ')}, not "${word}".`);
  return stage;
}

/** The stage after this one. */
export function stageAfter(stage: Stage): Stage {
  const next = stages[stages.indexOf(stage) + 1];
  if (!next) throw new CommandFailed(`It is in ${stage} already, the last stage.`);
  return next;
}
