/** The part of RSQL that clients of Jamf Pro use: `==`, `!=`, `=in=`, `=out=`, joined by `;` (and) and `,` (or). */
type Row = Readonly<Record<string, unknown>>;
type Test = (row: Row) => boolean;

export class RsqlFault extends Error {}

/** Splits at a sign that is neither in quotes nor in parentheses. */
function split(text: string, sign: string): string[] {
  const parts = [''];
  let quote: string | null = null;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    let piece = text[at]!;
    if (quote !== null) {
      if (piece === '\\') piece += text[(at += 1)] ?? '';
      else if (piece === quote) quote = null;
    } else if (piece === '"' || piece === "'") quote = piece;
    else if (piece === '(') depth += 1;
    else if (piece === ')') depth -= 1;
    else if (piece === sign && depth === 0) {
      parts.push('');
      continue;
    }
    parts[parts.length - 1] += piece;
  }
  return parts;
}

function unquote(text: string): string {
  const quoted = /^(["'])([\s\S]*)\1$/.exec(text.trim());
  return quoted ? quoted[2]!.replace(/\\(.)/g, '$1') : text.trim();
}

const pattern = (value: string): RegExp => new RegExp(`^${value.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 'is');

function comparison(text: string, fields: readonly string[]): Test {
  const [, field = '', operator = '', operand = ''] = /^\s*(\w+)\s*(==|!=|=in=|=out=)\s*([\s\S]+)$/.exec(text) ?? [];
  if (!fields.includes(field)) throw new RsqlFault(`Cannot filter by "${field}"`);
  const isList = operator === '=in=' || operator === '=out=';
  const values = isList ? split(operand.trim().slice(1, -1), ',') : [operand];
  const patterns = values.map((value) => pattern(unquote(value)));
  const isAsked = operator === '==' || operator === '=in=';
  const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
  return (row) => patterns.some((each) => each.test(textOf(row[field]))) === isAsked;
}

/** Throws RsqlFault for what is no filter over these fields. */
export function parseRsql(filter: string, fields: readonly string[]): Test {
  const anyOf = split(filter, ',').map((all) => split(all, ';').map((each) => comparison(each, fields)));
  return (row) => anyOf.some((all) => all.every((test) => test(row)));
}
