import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { bigint, createTable, integer, varchar } from './schema.js';

interface TokenRow {
  readonly id: number;
  readonly name: string;
  readonly created_by: string;
}

/** Tokens belong to an account and end with it, accounts may be of programs, and addresses that signed in are known. */
export class AccountsOfTokens1790000015000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    if (!(await runner.hasColumn('user', 'service'))) {
      const { driver } = runner.dataSource;
      const type = driver.normalizeType({ type: 'boolean' });
      await runner.addColumn(
        'user',
        new TableColumn({ name: 'service', type, default: driver.normalizeDefault({ default: false } as never) }),
      );
    }
    if (!(await runner.hasColumn('api_token', 'account_id'))) {
      await runner.addColumn('api_token', new TableColumn({ name: 'account_id', type: 'integer', isNullable: true }));
    }
    await this.assignAccounts(runner);
    const columns = { id: varchar(64, { isPrimary: true }), user_id: integer(), last_ms: bigint() };
    await createTable(runner, 'known_address', columns, { ix_known_address_user: ['user_id'], ix_known_address_last: ['last_ms'] });
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }

  /** To whoever made them; a token that another token made, to whoever made that one. Those of deleted accounts have none, and end. */
  private async assignAccounts(runner: QueryRunner): Promise<void> {
    const { manager } = runner;
    const users = await manager
      .createQueryBuilder()
      .select(['id', 'username'])
      .from('user', 'u')
      .getRawMany<{ id: number; username: string }>();
    const tokens = await manager.createQueryBuilder().select(['id', 'name', 'created_by']).from('api_token', 't').getRawMany<TokenRow>();
    const userOf = new Map(users.map(({ id, username }) => [username, id]));
    const tokenOf = new Map(tokens.map((token) => [token.name, token]));
    for (const token of tokens) {
      let maker: string | undefined = token.created_by;
      for (let steps = 0; maker !== undefined && !userOf.has(maker) && steps < tokens.length; steps += 1) {
        maker = tokenOf.get(maker)?.created_by;
      }
      const account = maker === undefined ? undefined : userOf.get(maker);
      if (account === undefined) continue;
      await manager.createQueryBuilder().update('api_token').set({ account_id: account }).where('id = :id', { id: token.id }).execute();
    }
  }
}
