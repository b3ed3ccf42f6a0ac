interface Line {
  readonly time: string;
  readonly level: string;
  readonly context?: string;
  readonly msg?: string;
  readonly request_id?: string;
  readonly service?: string;
  readonly pid?: number;
  readonly err?: Cause;
  readonly [field: string]: unknown;
}
interface Cause {
  readonly stack?: string;
  readonly cause?: Cause;
}

const colours = { error: '\x1b[31m', warn: '\x1b[33m', fatal: '\x1b[31m' } as Record<string, string | undefined>;

/** Names come from outside: none may end the line, steer the terminal or turn the direction of the text. */
const oneLine = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (character) =>
    JSON.stringify(character)
      .slice(1, -1)
      .replace(/^[^\\]/, '?'),
  );

const manyLines = (text: string): string => text.split('\n').map(oneLine).join('\n');

function causes(err: Cause | undefined): string {
  const own = err?.stack ? `\n${manyLines(err.stack)}` : '';
  return err?.cause?.stack ? `${own}\nCaused by: ${causes(err.cause).slice(1)}` : own;
}

/** One JSON line of the log as a short line that a person can read. */
export function prettyLine(text: string, isColoured: boolean): string {
  const {
    time,
    level,
    context = 'ods',
    msg = '',
    request_id: requestId,
    service: _s,
    pid: _p,
    trace_id: _t,
    err,
    ...fields
  } = JSON.parse(text) as Line;
  const paint = isColoured ? (colours[level] ?? '') : '';
  const label = `${paint}${level.padEnd(5)}${paint && '\x1b[0m'}`;
  const more = Object.keys(fields).length > 0 ? ` ${oneLine(JSON.stringify(fields))}` : '';
  const request = requestId === undefined ? '' : ` [${oneLine(requestId)}]`;
  return `${time.slice(11, 19)} ${label} ${oneLine(context)}: ${oneLine(msg)}${more}${request}${causes(err)}\n`;
}
