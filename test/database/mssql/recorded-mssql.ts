import type { DataSource, QueryRunner, Table } from 'typeorm';
import { odsDataSource } from '#libs/migrations/ods-data-source.js';
import { shortenLists } from '#libs/platform/database/long-lists.js';

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** What the recorded server answers a statement: rows, or an error. */
export type Answers = (sql: string) => readonly object[] | Error;

export const settings = {
  kind: 'mssql',
  host: '127.0.0.1',
  port: 1433,
  user: 'ods',
  password: 'ods',
  database: 'ods',
  encrypt: true,
  trustServerCertificate: false,
} as const;

/** A data source for SQL Server that is connected with nothing: it keeps the statements that it is given. */
export class RecordedMssql {
  readonly statements: Statement[] = [];
  answers: Answers = () => [];
  private readonly tables = new Map<string, Table>();

  private constructor(readonly dataSource: DataSource) {}

  static async open(): Promise<RecordedMssql> {
    const recorded = new RecordedMssql(odsDataSource(settings));
    const driver = recorded.dataSource.driver as unknown as Record<string, unknown> & { createQueryRunner(mode: string): QueryRunner };
    Object.assign(driver, { connect: async () => undefined, database: 'ods', schema: 'dbo' });
    const create = driver.createQueryRunner.bind(driver);
    driver.createQueryRunner = (mode) => recorded.recording(create(mode));
    shortenLists(recorded.dataSource);
    await recorded.dataSource.initialize();
    return recorded;
  }

  private recording(runner: QueryRunner): QueryRunner {
    const query = async (sql: string, parameters: readonly unknown[] = [], isStructured = false): Promise<unknown> => {
      this.statements.push({ sql, parameters });
      const answer = this.answers(sql);
      if (answer instanceof Error) throw answer;
      return isStructured ? { records: answer, raw: answer, affected: 1 } : answer;
    };
    const createTable = runner.createTable.bind(runner);
    const control = (sql: string, isActive: boolean) => async (): Promise<void> => {
      this.statements.push({ sql, parameters: [] });
      Object.assign(runner, { isTransactionActive: isActive });
    };
    return Object.assign(runner, {
      query,
      createTable: async (table: Table) => {
        this.tables.set(table.name, table);
        await createTable(table);
      },
      hasTable: async () => false,
      hasColumn: async () => false,
      getTable: async (name: string) => this.tables.get(name),
      getCachedTable: async (name: string) => this.tables.get(name),
      startTransaction: control('BEGIN TRANSACTION', true),
      commitTransaction: control('COMMIT', false),
      rollbackTransaction: control('ROLLBACK', false),
    });
  }
}
