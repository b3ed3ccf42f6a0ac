import { Injectable } from '@nestjs/common';
import { JamfForeignPoint, JamfNetwork, JamfPoint, type JamfPointState } from '#libs/entities/jamf-point.entity.js';
import { Database } from '#libs/platform/database/database.js';

const BATCH = 100;

/** Every query on what is known of distribution points and network segments. */
@Injectable()
export class JamfPointRepository {
  constructor(private readonly db: Database) {}

  all(): Promise<JamfPoint[]> {
    return this.db.manager.find(JamfPoint, { order: { serverName: 'ASC', iss: 'ASC' } });
  }

  find(iss: string): Promise<JamfPoint | null> {
    return this.db.manager.findOneBy(JamfPoint, { iss });
  }

  foreign(): Promise<JamfForeignPoint[]> {
    return this.db.manager.find(JamfForeignPoint, { order: { name: 'ASC', jamfId: 'ASC' } });
  }

  networks(): Promise<JamfNetwork[]> {
    return this.db.manager.find(JamfNetwork, { order: { name: 'ASC', jamfId: 'ASC' } });
  }

  async countByState(): Promise<Map<JamfPointState, number>> {
    const counts = new Map<JamfPointState, number>();
    for (const { state } of await this.all()) counts.set(state, (counts.get(state) ?? 0) + 1);
    return counts;
  }

  async save(row: JamfPoint): Promise<void> {
    await this.db.manager.save(JamfPoint, row);
  }

  async remove(iss: string): Promise<void> {
    await this.db.manager.delete(JamfPoint, { iss });
  }

  replaceForeign(rows: readonly JamfForeignPoint[]): Promise<void> {
    return this.replace(JamfForeignPoint, rows);
  }

  replaceNetworks(rows: readonly JamfNetwork[]): Promise<void> {
    return this.replace(JamfNetwork, rows);
  }

  /** Forgets all of it: it is of another Jamf Pro server. */
  async clear(): Promise<void> {
    await this.replace(JamfPoint, []);
    await this.replaceForeign([]);
    await this.replaceNetworks([]);
  }

  private replace<T extends JamfPoint | JamfForeignPoint | JamfNetwork>(entity: new () => T, rows: readonly T[]): Promise<void> {
    return this.db.transaction(async () => {
      await this.db.manager.createQueryBuilder().delete().from(entity).execute();
      for (let at = 0; at < rows.length; at += BATCH) await this.db.manager.insert(entity, rows.slice(at, at + BATCH) as never);
    });
  }
}
