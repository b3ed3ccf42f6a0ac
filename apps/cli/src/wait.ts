import { setTimeout as sleep } from 'node:timers/promises';
import type { AdminApi } from './admin-api.js';
import { CommandFailed, EXIT } from './failures.js';
import { findPackage, packagePath } from './packages.js';
import { printNote } from './screen.js';

const LOOK_EVERY_MS = 1_000;

/** Where a package is in the mesh, as the server knows it. */
export interface Places {
  readonly filename: string;
  readonly everywhere: boolean;
  /** Left out by a server of the version before. */
  readonly status?: 'everywhere' | 'partial' | 'nowhere';
  readonly sentence: string;
  readonly servers: readonly { readonly state: 'held' | 'on_its_way' | 'missing' | 'not_wanted' | 'unknown'; readonly sentence: string }[];
}

/** Of every server of the mesh, not only of those that this one is registered with: each publishes its own state. */
async function placesOf(api: AdminApi, name: string): Promise<Places> {
  const { filename, status } = await findPackage(api, name);
  if (status === 'Deleted') throw new CommandFailed(`${name} was deleted.`);
  return api.get<Places>(packagePath(filename, '/servers'));
}

const obstaclesIn = ({ servers }: Places): string =>
  servers
    .filter(({ state }) => state !== 'held' && state !== 'not_wanted')
    .map(({ sentence }) => sentence)
    .join(' ');

/** Answers where the package is once that is everywhere it belongs; throws CommandFailed when it is not within the time. */
export async function waitUntilEverywhere(api: AdminApi, name: string, timeoutSeconds: number): Promise<Places> {
  const until = Date.now() + timeoutSeconds * 1_000;
  for (let printed = ''; ;) {
    const places = await placesOf(api, name);
    const isNowhere = places.status === 'nowhere' || places.servers.every(({ state }) => state === 'not_wanted');
    if (places.everywhere && !isNowhere) return places;
    const reasons = isNowhere ? places.sentence : obstaclesIn(places);
    if (Date.now() >= until) throw new CommandFailed(`${name} is not everywhere after ${timeoutSeconds} s. ${reasons}`, EXIT.late);
    if (reasons !== printed && process.stderr.isTTY) printNote(`waiting: ${(printed = reasons)}`);
    await sleep(LOOK_EVERY_MS);
  }
}
