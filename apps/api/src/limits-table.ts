import { BODY_BUDGETS } from '#libs/platform/http/bodies/body-budget.js';
import type { Route } from '#libs/platform/http/bodies/route-table.js';
import { humanBytes } from '#libs/platform/format/human-bytes.js';

const BEGIN = '<!-- limits: "npm run openapi" writes what follows from the code -->';
const END = '<!-- end of limits -->';

const withBody = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const count = (value: number): string => (value === Infinity ? 'no limit' : value.toLocaleString('en-GB'));

const callerOf = ({ access, role, path }: Route): string => {
  if (access === 'peer') return 'registered server';
  if (access === 'admin') return String(role);
  return path === '/api/ods/register' ? 'anyone with an invitation' : 'anyone';
};
const budgetOf = ({ access, kind }: Route): keyof typeof BODY_BUDGETS =>
  kind === 'stream' ? 'stream' : access === 'public' ? 'stranger' : 'known';

function rowOf(route: Route): string[] {
  const { method, path, kind, limits } = route;
  const { perAddress, total } = BODY_BUDGETS[budgetOf(route)];
  const json = kind === 'json' ? [limits.maxKeys, limits.maxItems, limits.maxDepth].map(count) : ['-', '-', '-'];
  const text = kind === 'json' ? humanBytes(limits.maxTextBytes) : '-';
  const size = kind === 'stream' ? '`MAX_UPLOAD_BYTES`' : humanBytes(limits.maxBytes);
  const time = kind === 'stream' ? '`UPLOAD_IDLE_SECONDS` idle' : `${limits.maxSeconds} s, ${limits.maxIdleSeconds} s idle`;
  return [`\`${method} ${path}\``, callerOf(route), size, ...json, text, time, `${count(perAddress)} / ${count(total)}`];
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** What each route takes at most. Those that take no body are not in it. */
function limitsTable(routes: readonly Route[]): string {
  const head = ['Call', 'Who', 'Body', 'Fields', 'Elements', 'Depth', 'Text', 'Time', 'At a time: of an address / in all'];
  const rows = routes
    .filter(({ method }) => withBody.has(method))
    .sort((one, other) => one.path.localeCompare(other.path) || one.method.localeCompare(other.method))
    .map(rowOf);
  const memory = `Bodies that are being received take at most ${humanBytes(BODY_BUDGETS.known.bytes)} of memory for known callers and ${humanBytes(BODY_BUDGETS.stranger.bytes)} for all others.`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), '', memory].join('\n');
}

/** The page with the table in its place. Throws when the page has no place for it. */
export function withLimits(page: string, routes: readonly Route[]): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`The page has no place for the limits: "${BEGIN}" and "${END}".`);
  return `${before}${BEGIN}\n<!-- prettier-ignore-start -->\n\n${limitsTable(routes)}\n\n<!-- prettier-ignore-end -->\n${END}${after}`;
}
