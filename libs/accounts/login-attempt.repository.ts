import { Injectable } from '@nestjs/common';
import { In, LessThan } from 'typeorm';
import { LoginAttempt } from '#libs/entities/login-attempt.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Every query on counted sign-in attempts. */
@Injectable()
export class LoginAttemptRepository {
  constructor(private readonly db: Database) {}

  find(ids: readonly string[]): Promise<LoginAttempt[]> {
    return this.db.manager.findBy(LoginAttempt, { id: In([...ids]) });
  }

  /** The row, made when it is missing, and held until the transaction ends: parallel guesses count one by one. */
  async hold(id: string, now: number): Promise<LoginAttempt> {
    const fresh = { id, failures: 0, lastMs: now, blockedUntilMs: 0 };
    await this.db.insertNew(LoginAttempt, [fresh]);
    return this.db.manager.findOneOrFail(LoginAttempt, { where: { id }, ...this.db.forUpdate });
  }

  async update(id: string, change: Partial<Omit<LoginAttempt, 'id'>>): Promise<void> {
    await this.db.manager.update(LoginAttempt, { id }, change);
  }

  async delete(id: string): Promise<void> {
    await this.db.manager.delete(LoginAttempt, { id });
  }

  async deleteOlder(beforeMs: number): Promise<void> {
    await this.db.manager.delete(LoginAttempt, {
      lastMs: LessThan(beforeMs),
      blockedUntilMs: LessThan(beforeMs),
    });
  }
}
