import { setTimeout as sleep } from 'node:timers/promises';
import type { AdminApi } from './admin-api.js';
import { CommandFailed, EXIT, type Exit } from './failures.js';
import { say, sayTable } from './screen.js';

interface Check {
  readonly iss: string;
  readonly server: string;
  readonly filename: string;
  readonly state: string;
  readonly detail: string;
  readonly asked: string | null;
  readonly rate: number | null;
}

/** States in which a computer gets what it should. */
const well = ['right', 'expires_soon'];
const LOOK_EVERY_MS = 500;

async function allChecks(server: AdminApi): Promise<Check[]> {
  const found: Check[] = [];
  for (let cursor: string | null = '0'; cursor !== null;) {
    const page: { items: Check[]; next: string | null } = await server.get(`jamf/checks?limit=500&cursor=${cursor}`);
    found.push(...page.items);
    cursor = page.next;
  }
  return found;
}

/** Until none of them is still to be tried. Throws CommandFailed when the time is over. */
async function tried(server: AdminApi, isMeant: (check: Check) => boolean, timeoutSeconds: number): Promise<Check[]> {
  const until = Date.now() + timeoutSeconds * 1_000;
  for (;;) {
    const checks = (await allChecks(server)).filter(isMeant);
    const waiting = checks.filter(({ asked }) => asked !== null).length;
    if (waiting === 0) return checks;
    if (Date.now() > until) throw new CommandFailed(`${waiting} downloads were not tried within ${timeoutSeconds} s.`);
    await sleep(LOOK_EVERY_MS);
  }
}

/** `ods jamf check [NAME] [--whole]`: ends with 1 when a computer would not get what it should. */
export async function check(
  server: AdminApi,
  name: string | undefined,
  isWhole: boolean,
  timeoutSeconds: number,
  isJson: boolean,
): Promise<Exit> {
  const body = { depth: isWhole ? 'whole' : 'head', ...(name === undefined ? {} : { filenames: [name] }) };
  await server.call('POST', 'jamf/checks', body);
  const key = name?.normalize('NFC').toLowerCase();
  const checks = await tried(server, ({ filename }) => key === undefined || filename.toLowerCase() === key, timeoutSeconds);
  if (isJson) say(JSON.stringify(checks));
  else
    sayTable(
      ['SERVER', 'FILENAME', 'STATE', 'WHAT'],
      checks.map(({ server: at, filename, state, detail }) => [at, filename, state, detail]),
    );
  return checks.length > 0 && checks.every(({ state }) => well.includes(state)) ? EXIT.done : EXIT.refused;
}
