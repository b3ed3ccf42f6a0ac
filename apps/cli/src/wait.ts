import { setTimeout as sleep } from 'node:timers/promises';
import type { AdminApi } from './admin-api.js';
import { CommandFailed, EXIT } from './failures.js';
import { admits, findPackage, type Listed, type Peer, peersOf } from './packages.js';
import { tell } from './screen.js';

const LOOK_EVERY_MS = 1_000;
const ASK_TIMEOUT_MS = 10_000;

/** Why a package is not everywhere yet; empty when it is. Everywhere: here, and at each registered server that is to have it. */
async function obstacles(api: AdminApi, name: string): Promise<string[]> {
  const content = await findPackage(api, name);
  if (content.status === 'Deleted') throw new CommandFailed(`${name} was deleted.`);
  const peers = (await peersOf(api)).filter(
    (peer) => admits(peer.stage, content.stage) && peer.status !== 'paused' && !peer.firewalled_mode,
  );
  const waits = await Promise.all(peers.map((peer) => obstacleAt(peer, content)));
  const here = content.status === 'Public' || content.status === 'Withdrawn' ? [] : [`${content.status} at ${api.url}`];
  return [...here, ...waits.filter((each) => each !== null)];
}

/** Every server serves the same content with the same strong tag: asked as a managed computer would ask. */
async function obstacleAt({ name, url }: Peer, { filename, sha256 }: Listed): Promise<string | null> {
  const tag = `"sha256-${Buffer.from(sha256, 'hex').toString('base64url')}"`;
  try {
    const target = `${url.replace(/\/+$/, '')}/share/${encodeURIComponent(filename)}`;
    const { status, headers } = await fetch(target, { method: 'HEAD', signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
    if (status === 200 && headers.get('etag') === tag) return null;
    return status === 200 ? `another version at ${name}` : `not yet at ${name}`;
  } catch {
    return `${name} does not answer`;
  }
}

/** Returns when the package is everywhere; throws CommandFailed when it is not within the time. */
export async function waitUntilEverywhere(api: AdminApi, name: string, timeoutSeconds: number): Promise<void> {
  const until = Date.now() + timeoutSeconds * 1_000;
  for (let told = ''; ;) {
    const reasons = (await obstacles(api, name)).join(', ');
    if (reasons === '') return;
    if (Date.now() >= until) throw new CommandFailed(`${name} is not everywhere after ${timeoutSeconds} s: ${reasons}.`, EXIT.late);
    if (reasons !== told && process.stderr.isTTY) tell(`waiting: ${(told = reasons)}`);
    await sleep(LOOK_EVERY_MS);
  }
}
