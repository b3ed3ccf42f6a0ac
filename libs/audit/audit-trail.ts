import { Injectable } from '@nestjs/common';
import { Clock } from '#libs/platform/clock.js';
import { type Actor, requestContext } from '#libs/platform/logging/request-context.js';
import { AuditEventRepository } from './audit-event.repository.js';

/** What was done, to what. `details` never holds a secret. */
export interface AuditRecord {
  /** Feature and past tense: `package.uploaded`. */
  readonly action: string;
  readonly subject?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** The actor, where the request does not say it: a sign-in is not signed in yet. */
  readonly actor?: Actor;
}

const SUBJECT_LENGTH = 255;
const ACTOR_LENGTH = 128;
const ADDRESS_LENGTH = 64;

/**
 * Writes down who did what, when and from where. Called inside the transaction of the change, so that there
 * is no change without its event and no event without its change.
 */
@Injectable()
export class AuditTrail {
  constructor(
    private readonly events: AuditEventRepository,
    private readonly clock: Clock,
  ) {}

  async record({ action, subject, details, actor }: AuditRecord): Promise<void> {
    const context = requestContext();
    const by = actor ?? context?.actor ?? { kind: 'system', name: 'system' };
    await this.events.insert({
      atMs: this.clock.now(),
      actorKind: by.kind,
      actor: by.name.slice(0, ACTOR_LENGTH),
      action,
      subject: subject?.slice(0, SUBJECT_LENGTH) ?? null,
      details: details ?? null,
      address: context?.address?.slice(0, ADDRESS_LENGTH) ?? null,
      requestId: context?.requestId ?? null,
    });
  }
}
