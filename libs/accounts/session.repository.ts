import { Injectable } from '@nestjs/common';
import { LessThanOrEqual, Not } from 'typeorm';
import { Session } from '#libs/entities/session.entity.js';
import { User } from '#libs/entities/user.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** A sign-in with its user. */
export interface SessionOfUser {
  readonly session: Session;
  readonly user: User;
}

/** Every query on sign-ins. */
@Injectable()
export class SessionRepository {
  constructor(private readonly db: Database) {}

  async insert(session: Session): Promise<void> {
    await this.db.manager.insert(Session, session);
  }

  /** The sign-in and its user, in one query because every call of the admin API needs it; null when either is gone. */
  async findWithUser(id: string): Promise<SessionOfUser | null> {
    const found = await this.db.manager
      .createQueryBuilder(Session, 'session')
      .innerJoinAndMapOne('session.user', User, 'owner', 'owner.id = session.userId')
      .where('session.id = :id', { id })
      .getOne();
    if (!found) return null;
    const { user, ...session } = found as Session & { user: User };
    return { session, user };
  }

  /** Replaces the refresh token that was seen; false when another request was first. */
  async rotate(id: string, seenHash: string, next: Pick<Session, 'refreshHash' | 'lastUsedMs' | 'expiresMs'>): Promise<boolean> {
    const change = { ...next, previousHash: seenHash, rotatedMs: next.lastUsedMs };
    const { affected } = await this.db.manager.update(Session, { id, refreshHash: seenHash }, change);
    return affected === 1;
  }

  async delete(id: string): Promise<boolean> {
    const { affected } = await this.db.manager.delete(Session, { id });
    return affected === 1;
  }

  /** Ends the sign-ins of a user but for the one that is kept. */
  async deleteOthers(userId: number, keptId: string | null): Promise<void> {
    await this.db.manager.delete(Session, keptId === null ? { userId } : { userId, id: Not(keptId) });
  }

  async deleteExpired(now: number): Promise<void> {
    await this.db.manager.delete(Session, { expiresMs: LessThanOrEqual(now) });
  }
}
