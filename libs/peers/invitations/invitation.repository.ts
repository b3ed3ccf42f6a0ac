import { Injectable } from '@nestjs/common';
import { IsNull, LessThan, MoreThan } from 'typeorm';
import { Invitation } from '#libs/entities/invitation.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Every query on invitations. */
@Injectable()
export class InvitationRepository {
  constructor(private readonly db: Database) {}

  findAll(): Promise<Invitation[]> {
    return this.db.manager.find(Invitation, { order: { id: 'DESC' } });
  }

  findOpen(now: number): Promise<Invitation[]> {
    return this.db.manager.findBy(Invitation, { usedMs: IsNull(), expiresMs: MoreThan(now) });
  }

  /** Spent with it already, and not over: the answer to its registration may have been lost. */
  findUsedBy(usedByIss: string, now: number): Promise<Invitation[]> {
    return this.db.manager.findBy(Invitation, { usedByIss, expiresMs: MoreThan(now) });
  }

  async insert(invitation: Omit<Invitation, 'id'>): Promise<Invitation> {
    const { identifiers } = await this.db.manager.insert(Invitation, invitation);
    return { ...invitation, id: Number((identifiers[0] as { id: number }).id) };
  }

  /** True for one caller only. */
  async spend(id: number, by: { readonly iss: string; readonly name: string }, usedMs: number): Promise<boolean> {
    const change = { usedMs, usedByIss: by.iss, usedByName: by.name };
    const { affected } = await this.db.manager.update(Invitation, { id, usedMs: IsNull() }, change);
    return affected === 1;
  }

  /** The one that this server has spent. */
  findSpent(id: number, usedByIss: string): Promise<Invitation | null> {
    return this.db.manager.findOneBy(Invitation, { id, usedByIss });
  }

  async remove(id: number): Promise<boolean> {
    const { affected } = await this.db.manager.delete(Invitation, { id });
    return affected === 1;
  }

  async removeUsedBy(usedByIss: string): Promise<void> {
    await this.db.manager.delete(Invitation, { usedByIss });
  }

  async removeExpiredBefore(expiresMs: number): Promise<void> {
    await this.db.manager.delete(Invitation, { expiresMs: LessThan(expiresMs) });
  }
}
