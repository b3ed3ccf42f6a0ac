import type { AdminApi } from './admin-api.js';
import { CommandFailed, EXIT, type Exit } from './failures.js';
import { check } from './jamf-check.js';
import { dateOf, networks, points } from './jamf-points.js';
import { say, sayTable } from './screen.js';

interface Settings {
  readonly mode: 'watch' | 'write';
  readonly counts: readonly { readonly state: string; readonly count: number }[];
  readonly compared_ts: number | null;
  readonly failing_since_ts: number | null;
}

interface Connection {
  readonly url: string;
  readonly version: string | null;
  readonly last_error: string | null;
  /** Servers of the version before have none. */
  readonly leader?: { readonly iss: string | null; readonly is_me: boolean; readonly why: string } | null;
}

interface JamfRecord {
  readonly filename: string;
  readonly jamf_id: string | null;
  readonly state: string;
  readonly reason: string;
}

/** States in which a record needs a decision. */
const troubled = ['edited_hash', 'conflict', 'missing_in_jamf', 'orphan', 'failed'];
const planned = ['to_create', 'to_update'];

async function recordsIn(server: AdminApi, states: readonly string[]): Promise<JamfRecord[]> {
  const found: JamfRecord[] = [];
  for (const state of states) {
    for (let cursor: string | null = '0'; cursor !== null;) {
      const query = new URLSearchParams({ state, limit: '500', cursor });
      const page: { items: JamfRecord[]; next: string | null } = await server.get(`jamf/records?${query.toString()}`);
      found.push(...page.items);
      cursor = page.next;
    }
  }
  return found;
}

async function status(server: AdminApi, isJson: boolean): Promise<Exit> {
  const connection = await server.get<Connection>('jamf/connection');
  const settings = await server.get<Settings>('jamf/settings');
  const records = await recordsIn(server, troubled);
  if (isJson) say(JSON.stringify({ connection, settings, troubled: records }));
  else {
    const version = connection.version === null ? '' : `, Jamf Pro ${connection.version}`;
    say(`${connection.url}${version}: ${settings.mode === 'write' ? 'records are kept in step' : 'records are only compared'}.`);
    if (connection.leader) say(connection.leader.why);
    say(settings.compared_ts === null ? 'Not compared yet.' : `Last compared ${dateOf(settings.compared_ts)}.`);
    if (settings.failing_since_ts !== null) say(`Not compared since ${dateOf(settings.failing_since_ts)}: ${connection.last_error ?? ''}`);
    for (const { state, count } of settings.counts) if (count > 0) say(`  ${state}: ${count}`);
    for (const { filename, state, reason } of records) say(`  ${filename} (${state}): ${reason}`);
  }
  const leader = connection.leader ?? null;
  // Another server compares then, and says there what needs a decision.
  const isElsewhere = leader !== null && leader.iss !== null && !leader.is_me;
  const isWell = settings.failing_since_ts === null && (isElsewhere || (settings.compared_ts !== null && records.length === 0));
  return isWell ? EXIT.done : EXIT.refused;
}

async function plan(server: AdminApi, isJson: boolean): Promise<Exit> {
  const { compared_ts: comparedTs } = await server.get<Settings>('jamf/settings');
  if (comparedTs === null) throw new CommandFailed('Not compared yet. Run "ods jamf compare", and this again in a minute.');
  const records = await recordsIn(server, planned);
  if (isJson) say(JSON.stringify(records));
  else {
    say(`As compared ${dateOf(comparedTs)}:`);
    sayTable(
      ['FILENAME', 'WOULD BE', 'RECORD', 'WHAT'],
      records.map(({ filename, state, jamf_id, reason }) => [filename, state === 'to_create' ? 'made' : 'changed', jamf_id ?? '-', reason]),
    );
  }
  return EXIT.done;
}

async function compare(server: AdminApi): Promise<Exit> {
  await server.call('POST', 'jamf/compare');
  say('The comparison begins within seconds; "ods jamf status" says when it has ended.');
  return EXIT.done;
}

export interface JamfOptions {
  readonly isJson: boolean;
  /** For check: everything is read, not the first byte alone. */
  readonly isWhole: boolean;
  readonly timeoutSeconds: number;
}

/** `ods jamf status|plan|compare|points|networks [IP]|check [NAME]`. */
export function jamfCommand(server: AdminApi, [word, what]: readonly string[], options: JamfOptions): Promise<Exit> {
  const { isJson, isWhole, timeoutSeconds } = options;
  if (word === 'status') return status(server, isJson);
  if (word === 'plan') return plan(server, isJson);
  if (word === 'compare') return compare(server);
  if (word === 'points') return points(server, isJson);
  if (word === 'networks') return networks(server, what, isJson);
  if (word === 'check') return check(server, what, isWhole, timeoutSeconds, isJson);
  throw new CommandFailed('Say which: status, plan, compare, points, networks or check. "ods help jamf" shows how.', EXIT.usage);
}
