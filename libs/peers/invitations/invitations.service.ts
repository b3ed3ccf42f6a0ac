import { Injectable } from '@nestjs/common';
import { type Identity, newRegistrationKey, ServerIdentity } from '#libs/about/server-identity.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { Invitation } from '#libs/entities/invitation.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { SecretBox } from '#libs/platform/crypto/secret-box.js';
import { Database } from '#libs/platform/database/database.js';
import type { NamedPreset } from '#libs/replication/publish-rights.js';
import { AuthorRightsRepository } from '../author-rights.repository.js';
import { InvitationNotFound, TooManyInvitations } from '../peers.errors.js';
import { InvitationRepository } from './invitation.repository.js';

export const INVITATION_PURPOSE = 'invitation key';
const HOUR_MS = 3_600_000;
const DEFAULT_HOURS = 24;
/** Each is tried for a registration that comes in. */
const MOST_OPEN = 50;
/** Those that are over are shown this long, in milliseconds. */
const SHOW_MS = 30 * 24 * HOUR_MS;

export interface NewInvitation {
  readonly hours?: number | undefined;
  readonly note?: string | undefined;
  readonly preset?: NamedPreset | undefined;
}

export interface SpentInvitation {
  readonly preset: NamedPreset | null;
  /** The preset counts from now on; false when it names none, or when an administrator had decided before. */
  readonly isGranted: boolean;
}

export interface CreatedInvitation {
  readonly invitation: Invitation;
  readonly key: string;
  readonly self: Identity;
}

/** Keys that admit one server each, once, for a limited time (MESH §8). */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly invitations: InvitationRepository,
    private readonly rights: AuthorRightsRepository,
    private readonly identity: ServerIdentity,
    private readonly box: SecretBox,
    private readonly db: Database,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  list(): Promise<Invitation[]> {
    return this.invitations.findAll();
  }

  /** Throws TooManyInvitations. */
  async create({ hours = DEFAULT_HOURS, note, preset }: NewInvitation): Promise<CreatedInvitation> {
    const now = this.clock.now();
    const key = newRegistrationKey();
    const self = await this.identity.read();
    return this.db.transaction(async () => {
      await this.invitations.removeExpiredBefore(now - SHOW_MS);
      if ((await this.invitations.findOpen(now)).length >= MOST_OPEN) throw new TooManyInvitations(MOST_OPEN);
      const unused = { usedMs: null, usedByIss: null, usedByName: null };
      const fresh = {
        key: this.box.seal(key, INVITATION_PURPOSE),
        note: note?.trim() || null,
        preset: preset ?? null,
        createdMs: now,
        expiresMs: now + hours * HOUR_MS,
      };
      const invitation = await this.invitations.insert({ ...fresh, ...unused });
      const details = { hours, preset: invitation.preset };
      await this.audit.record({ action: 'invitation.created', subject: invitation.note ?? `#${invitation.id}`, details });
      return { invitation, key, self };
    });
  }

  /** It is worth nothing from now on. Throws InvitationNotFound. */
  remove(id: number): Promise<void> {
    return this.db.transaction(async () => {
      if (!(await this.invitations.remove(id))) throw new InvitationNotFound(id);
      await this.audit.record({ action: 'invitation.removed', subject: `#${id}` });
    });
  }

  /** The keys with which a server may come now: those of open invitations, and of the one that it has used itself. */
  async keysFor(iss: string | null): Promise<{ readonly id: number; readonly key: string }[]> {
    const now = this.clock.now();
    const open = await this.invitations.findOpen(now);
    const own = iss === null ? [] : await this.invitations.findUsedBy(iss, now);
    return [...own, ...open].map(({ id, key }) => ({ id, key: this.box.open(key, INVITATION_PURPOSE) }));
  }

  /**
   * Within the transaction that registers the server, so that none of its writes is judged by other rights than those of the
   * invitation. What was decided of it before stays. Null when another server was first.
   */
  async spend(id: number, { iss, name }: { readonly iss: string; readonly name: string }): Promise<SpentInvitation | null> {
    const now = this.clock.now();
    await this.invitations.spend(id, { iss, name }, now);
    const spent = await this.invitations.findSpent(id, iss);
    if (!spent) return null;
    const { preset } = spent;
    const isGranted = preset !== null && (await this.rights.insertIfNew({ iss, preset, rights: null, updatedMs: now }));
    return { preset, isGranted };
  }

  /** What a server that was unregistered knows must not admit it, or anybody, again. */
  async forget(iss: string): Promise<void> {
    await this.invitations.removeUsedBy(iss);
  }
}
