import { Injectable } from '@nestjs/common';
import { JamfCheck, type JamfCheckState } from '#libs/entities/jamf-check.entity.js';
import { Database } from '#libs/platform/database/database.js';

export interface CheckFilter {
  readonly iss?: string | undefined;
  readonly state?: JamfCheckState | undefined;
}

export interface CheckCount {
  readonly iss: string;
  readonly state: JamfCheckState;
  readonly count: number;
}

/** Every query on what computers get from distribution points. */
@Injectable()
export class JamfCheckRepository {
  constructor(private readonly db: Database) {}

  find(id: number): Promise<JamfCheck | null> {
    return this.db.manager.findOneBy(JamfCheck, { id });
  }

  ofServer(iss: string): Promise<JamfCheck[]> {
    return this.db.manager.find(JamfCheck, { where: { iss } });
  }

  /** A page by rising ids. */
  async list({ iss, state }: CheckFilter, afterId: number, limit: number): Promise<JamfCheck[]> {
    const query = this.db.manager.createQueryBuilder(JamfCheck, 'check').where('check.id > :afterId', { afterId });
    if (iss !== undefined) query.andWhere('check.iss = :iss', { iss });
    if (state !== undefined) query.andWhere('check.state = :state', { state });
    return query.orderBy('check.id').take(limit).getMany();
  }

  async counts(): Promise<CheckCount[]> {
    const rows = await this.db.manager
      .createQueryBuilder(JamfCheck, 'check')
      .select('check.iss', 'iss')
      .addSelect('check.state', 'state')
      .addSelect('COUNT(*)', 'count')
      .groupBy('check.iss')
      .addGroupBy('check.state')
      .getRawMany<{ iss: string; state: JamfCheckState; count: number | string }>();
    return rows.map(({ iss, state, count }) => ({ iss, state, count: Number(count) }));
  }

  async save(row: Omit<JamfCheck, 'id'>): Promise<void> {
    const { iss, filenameKey } = row;
    const { affected } = await this.db.manager.update(JamfCheck, { iss, filenameKey }, row);
    if (affected === 0) await this.db.manager.insert(JamfCheck, row);
  }

  async removeById(ids: readonly number[]): Promise<void> {
    for (const id of ids) await this.db.manager.delete(JamfCheck, { id });
  }

  /** Of every server but these. */
  async keepServers(isses: readonly string[]): Promise<void> {
    const query = this.db.manager.createQueryBuilder().delete().from(JamfCheck);
    if (isses.length > 0) query.where('iss NOT IN (:...isses)', { isses });
    await query.execute();
  }
}
