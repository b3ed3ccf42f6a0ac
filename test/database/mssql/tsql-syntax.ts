import grammars from 'antlr4ts-sql';

const tsql = new grammars.antlr4tsSQL(grammars.SQLDialect.TSQL);

/** What the grammar takes and SQL Server does not: types, words and operators of other databases, names of its own. */
const foreign: readonly [RegExp, string][] = [
  [/\|\|/, 'SQL Server adds texts with +'],
  [/\b(?:true|false)\b/i, 'a bit is 1 or 0'],
  [/\b(?:boolean|bytea|blob|integer|serial)\b/i, 'no type of SQL Server'],
  [/\b(?:LPAD|SUBSTR|printf|NOW|GREATEST|LEAST|LENGTH|IFNULL)\s*\(/i, 'no function of every SQL Server'],
  [/\b(?:FROM|INTO|UPDATE|JOIN) (?:user|plan|key)\b/i, 'the name of the table is a word of the language'],
  [/(?<!AS )\bvarchar\(/i, 'a text column without Unicode'],
];

/** What is wrong with a statement as T-SQL; null when nothing is found. */
export function faultOfSyntax(sql: string): string | null {
  const faults: string[] = [];
  const listener = {
    syntaxError: (_recognizer: unknown, _symbol: unknown, line: number, column: number, message: string) =>
      void faults.push(`${line}:${column} ${message}`),
  };
  const parser = tsql.getParser(tsql.getTokens(sql, [listener]), [listener]);
  tsql.getParseTree(parser);
  const code = sql.replace(/'(?:[^']|'')*'/g, "''").replace(/"(?:[^"]|"")*"/g, '"x"');
  const words = foreign.find(([pattern]) => pattern.test(code));
  return faults[0] ?? words?.[1] ?? null;
}
