import type { AdminApi } from './admin-api.js';
import { CommandFailed, EXIT, type Exit } from './failures.js';
import { say, sayTable } from './screen.js';

interface Item {
  readonly filename: string;
  readonly version: string | null;
  readonly stage: string;
  readonly reason: string;
}

interface Plan {
  readonly removals: number;
  readonly kept: number;
  readonly remove: readonly Item[];
}

async function plan(server: AdminApi, isJson: boolean): Promise<Exit> {
  const found = await server.get<Plan>('retention/plan');
  if (isJson) say(JSON.stringify(found));
  else if (found.removals === 0) say(`Nothing would be removed; ${found.kept} packages that a rule fits stay.`);
  else {
    sayTable(
      ['FILENAME', 'VERSION', 'STAGE', 'WHY'],
      found.remove.map(({ filename, version, stage, reason }) => [filename, version ?? '-', stage, reason]),
    );
    if (found.removals > found.remove.length) say(`… and ${found.removals - found.remove.length} more.`);
    say(`Remove them everywhere with: ods retention apply --confirm ${found.removals}`);
  }
  return EXIT.done;
}

async function apply(server: AdminApi, confirm: string | undefined, isJson: boolean): Promise<Exit> {
  if (confirm === undefined || !/^\d{1,9}$/.test(confirm))
    throw new CommandFailed('Say with --confirm how many packages are meant; "ods retention plan" names them.', EXIT.usage);
  const done = await server.call<{ removed: number; remaining: number }>('POST', `retention/apply?confirm=${confirm}`);
  if (isJson) say(JSON.stringify(done));
  else {
    say(`Removed: ${done.removed}. They can be restored for a while.`);
    if (done.remaining > 0) say(`Still to remove: ${done.remaining}. Run "ods retention apply --confirm ${done.remaining}".`);
  }
  return done.remaining === 0 ? EXIT.done : EXIT.refused;
}

/** `ods retention plan|apply`. */
export function retentionCommand(
  server: AdminApi,
  word: string | undefined,
  { confirm, json = false }: { readonly confirm?: string | undefined; readonly json?: boolean | undefined },
): Promise<Exit> {
  if (word === 'plan') return plan(server, json);
  if (word === 'apply') return apply(server, confirm, json);
  throw new CommandFailed('Say which: plan or apply. "ods help retention" shows how.', EXIT.usage);
}
