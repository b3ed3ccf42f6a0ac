import { type DataSource, MssqlParameter, type QueryRunner } from 'typeorm';

/** SQL Server takes 2,100 parameters in a statement; its driver needs a few for itself. */
const MOST_PARAMETERS = 2_000;
/** Of values of a list: nothing longer is looked for by lists. */
const LONGEST = 600;

const list = /\bIN \((@\d+(?:, ?@\d+)+)\)/g;

interface Statement {
  readonly sql: string;
  readonly parameters: unknown[];
}

const valueOf = (parameter: unknown): unknown => (parameter instanceof MssqlParameter ? parameter.value : parameter);

/**
 * The statement with each list `IN (@0, @1, …)` as one parameter, a JSON array that the server takes apart, when there are too many parameters
 * otherwise. Lists of text are compared like the columns (mssql-types.ts). Parameters are numbered anew.
 */
export function shortened({ sql, parameters }: Statement): Statement {
  if (parameters.length <= MOST_PARAMETERS) return { sql, parameters };
  const kept: unknown[] = [];
  const place = (parameter: unknown): string => `@${kept.push(parameter) - 1}`;
  const numbersIn = (text: string): number[] => [...text.matchAll(/@(\d+)/g)].map(([, number]) => Number(number));
  let end = 0;
  let short = '';
  const keep = (text: string): string => text.replace(/@(\d+)/g, (_found, number: string) => place(parameters[Number(number)]));
  for (const found of sql.matchAll(list)) {
    const values = numbersIn(found[1]!).map((number) => valueOf(parameters[number]));
    short += `${keep(sql.slice(end, found.index))}IN (${selectOf(place(JSON.stringify(values)), values)})`;
    end = found.index + found[0].length;
  }
  return { sql: short + keep(sql.slice(end)), parameters: kept };
}

function selectOf(parameter: string, values: readonly unknown[]): string {
  if (values.every((value) => typeof value === 'number')) return `SELECT v FROM OPENJSON(${parameter}) WITH (v bigint '$')`;
  return `SELECT v COLLATE Latin1_General_100_BIN2 FROM OPENJSON(${parameter}) WITH (v nvarchar(${LONGEST}) '$')`;
}

/** Lets every statement of this data source have lists of any length. */
export function shortenLists(dataSource: DataSource): void {
  const { driver } = dataSource;
  const create = driver.createQueryRunner.bind(driver);
  driver.createQueryRunner = (mode) => shortening(create(mode));
}

function shortening(runner: QueryRunner): QueryRunner {
  const query = runner.query.bind(runner) as (...call: unknown[]) => Promise<never>;
  runner.query = async (sql: string, given?: unknown[], ...more: unknown[]): Promise<never> => {
    const { sql: short, parameters } = shortened({ sql, parameters: given ?? [] });
    return query(short, parameters, ...more);
  };
  return runner;
}
