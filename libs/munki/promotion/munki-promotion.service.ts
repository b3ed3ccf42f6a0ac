import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { Package } from '#libs/entities/package.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { MassChangeGuard } from '#libs/packages/catalog/mass-change-guard.js';
import { filenameKey } from '#libs/packages/filename.js';
import { BadCursor } from '#libs/packages/packages.errors.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { requireStages } from '#libs/packages/stage-limit.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { JobInterrupted } from '#libs/platform/jobs/job-type.js';
import { MUNKI_PREFIX } from '#libs/replication/space.js';
import { MunkiCatalogs } from '../catalogs/munki-catalogs.js';
import type { MunkiItem } from '../catalogs/munki-item.js';
import { MunkiDocuments } from '../files/munki-documents.js';
import { MUNKI_STAGE } from '../files/munki-files.service.js';
import { type PlannedPromotion, plannedPromotions, type PromotionRule } from './due-promotions.js';
import { promoted, promotedCatalogs, type Promotion } from './promoted.js';
import { PromotionRepository, type PromotionState } from './promotion.repository.js';

export interface ItemFilter {
  readonly catalog?: string;
  /** Part of a name or path, whatever the case. */
  readonly contains?: string;
}

export interface ItemPage {
  readonly items: readonly MunkiItem[];
  readonly total: number;
  readonly next: string | null;
}

export interface PromotionOrder extends Promotion {
  /** Of pkginfo files. */
  readonly paths: readonly string[];
  readonly isDryRun: boolean;
  readonly isConfirmed: boolean;
}

export interface PromotionResult {
  readonly promoted: readonly (Pick<MunkiItem, 'path' | 'name' | 'version'> & { readonly catalogs: readonly string[] })[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

export interface PromotionSettings {
  readonly rules: readonly PromotionRule[];
  readonly state: PromotionState;
  readonly planned: readonly PlannedPromotion[];
}

interface Step extends Promotion {
  readonly item: MunkiItem;
  readonly isConfirmed: boolean;
  readonly isAutomatic: boolean;
}

/** Between reading and writing. */
class ItemChanged extends Error {}

const NOT_WHOLE = 'Its pkginfo file, as it is now, is not whole on this server.';

/** Brings items of the Munki repository from one catalog into another, by hand and by rules. */
@Injectable()
export class MunkiPromotion {
  constructor(
    private readonly catalogs: MunkiCatalogs,
    private readonly documents: MunkiDocuments,
    private readonly packages: PackageRepository,
    private readonly repository: PromotionRepository,
    private readonly guard: MassChangeGuard,
    private readonly db: Database,
    private readonly audit: AuditTrail,
    private readonly events: DomainEvents,
    private readonly clock: Clock,
  ) {}

  /** By their paths. Throws BadCursor. */
  async items({ catalog, contains = '' }: ItemFilter, limit: number, cursor?: string): Promise<ItemPage> {
    const after = cursor === undefined ? '' : pathIn(cursor);
    const wanted = filenameKey(contains);
    const fits = ({ path, name, catalogs }: MunkiItem): boolean =>
      (catalog === undefined || catalogs.includes(catalog)) && `${filenameKey(name)}\n${filenameKey(path)}`.includes(wanted);
    const all = (await this.catalogs.current()).items.filter(fits).sort(byPath);
    const left = all.filter(({ path }) => path > after);
    const items = left.slice(0, limit);
    return { items, total: all.length, next: left.length > limit ? Buffer.from(items.at(-1)!.path).toString('base64url') : null };
  }

  /** Each item is a transaction; what cannot be promoted is skipped with the reason. Throws what ContentPublisher does. */
  async promote({ paths, isDryRun, ...promotion }: PromotionOrder): Promise<PromotionResult> {
    requireStages(MUNKI_STAGE);
    const items = new Map((await this.catalogs.current()).items.map((item) => [item.path, item]));
    if (!isDryRun && !promotion.isConfirmed)
      await this.requireFew(
        paths.flatMap((path) => items.get(path) ?? []),
        promotion,
      );
    const result = { promoted: [] as PromotionResult['promoted'][number][], skipped: [] as PromotionResult['skipped'][number][] };
    for (const path of new Set(paths)) {
      const item = items.get(path);
      const outcome = item
        ? await this.step({ ...promotion, item, isAutomatic: false }, isDryRun)
        : { reason: 'There is no pkginfo file with this path that gives an item.' };
      if ('reason' in outcome) result.skipped.push({ path, reason: outcome.reason });
      else result.promoted.push({ path, name: item!.name, version: item!.version, catalogs: outcome.catalogs });
    }
    return result;
  }

  /** Before the first of them is written. Throws MassChangeUnconfirmed. */
  private async requireFew(items: readonly MunkiItem[], promotion: Promotion): Promise<void> {
    const changed = new Set(items.filter(({ isListed, catalogs }) => isListed && promotedCatalogs(catalogs, promotion) !== null));
    if (changed.size > 0) await this.guard.requireFew(changed.size, 'munki');
  }

  async settings(): Promise<PromotionSettings> {
    const rules = await this.repository.rules();
    return { rules, state: await this.repository.state(), planned: await this.plan(rules) };
  }

  async setRules(rules: readonly PromotionRule[]): Promise<PromotionSettings> {
    await this.db.transaction(async () => {
      const before = await this.repository.rules();
      await this.repository.replaceRules(rules);
      await this.repository.setState({ ...(await this.repository.state()), held: 0 });
      await this.audit.record({
        action: 'munki.promotion_rules_updated',
        details: { before: before.map(shortly), after: rules.map(shortly) },
      });
    });
    return this.settings();
  }

  /** The hourly run. Promotes nothing when it would be too much to be done without a person. Throws JobInterrupted. */
  async runDue(signal: AbortSignal): Promise<void> {
    const rules = await this.repository.rules();
    if (rules.length === 0) return;
    const now = this.clock.now();
    const due = (await this.plan(rules)).filter(({ dueMs, heldBy }) => dueMs <= now && heldBy === null);
    if (due.length > 0 && (await this.guard.wouldBeMass(due.length, 'munki'))) return this.hold(due.length);
    let count = 0;
    for (const { item, from, to, keepsFrom } of due) {
      if (signal.aborted) throw new JobInterrupted();
      const outcome = await this.step({ item, from, to, keepsFrom, isConfirmed: false, isAutomatic: true }, false);
      if ('catalogs' in outcome) count += 1;
    }
    await this.repository.setState({ ranMs: this.clock.now(), promoted: count, held: 0 });
  }

  private async plan(rules: readonly PromotionRule[]): Promise<PlannedPromotion[]> {
    return rules.length === 0 ? [] : plannedPromotions((await this.catalogs.current()).items, rules);
  }

  private async hold(items: number): Promise<void> {
    await this.db.transaction(async () => {
      const { held } = await this.repository.state();
      await this.repository.setState({ ranMs: this.clock.now(), promoted: 0, held: items });
      if (items === held) return; // it was said an hour ago
      await this.audit.record({ action: 'munki.promotion_held', details: { items } });
      await this.events.record('munki.promotion_held', { items });
    });
  }

  /** The content in force: an earlier one, which is served while a newer one is on its way, must not come back with a later stamp. */
  private async bytesOf({ deleted, uuid, servedUuid }: Package): Promise<Buffer | null> {
    if (deleted || servedUuid !== uuid) return null;
    try {
      return await this.documents.read(uuid);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null; // others notice it, and have it fetched again
      throw error;
    }
  }

  private async step(
    { item, isConfirmed, isAutomatic, ...promotion }: Step,
    isDryRun: boolean,
  ): Promise<{ readonly reason: string } | { readonly catalogs: readonly string[] }> {
    if (!item.isListed) return { reason: item.problem ?? 'It is in no catalog.' };
    const row = await this.packages.findByKey(filenameKey(MUNKI_PREFIX + item.path));
    const bytes = row && (await this.bytesOf(row));
    if (!row || !bytes) return { reason: NOT_WHOLE };
    const made = promoted(bytes, promotion);
    if ('reason' in made || isDryRun) return made;
    const { path, name, version } = item;
    const { from, to } = promotion;
    const facts = { name, version, from, to, automatic: isAutomatic };
    const onWritten = async (): Promise<void> => {
      await this.audit.record({ action: 'munki.promoted', subject: path, details: facts });
      await this.events.record('munki.promoted', { path, ...facts });
    };
    try {
      await this.documents.write(path, made.content, { replaces: true, isConfirmed, expects: stillThe(row), onWritten });
    } catch (error) {
      if (error instanceof ItemChanged) return { reason: 'Its pkginfo file was changed at the same time. Look at it and try again.' };
      throw error;
    }
    return made;
  }
}

/** A rule in the audit trail: the names of a hundred items are too many for it. */
const shortly = ({ except, ...rule }: PromotionRule) => ({ ...rule, except: except.length });

/** What was read is what is replaced: an edit that was made meanwhile stays. */
const stillThe =
  ({ uuid }: Package) =>
  (current: Package | null): void => {
    if (current?.uuid !== uuid) throw new ItemChanged();
  };

const byPath = ({ path: one }: MunkiItem, { path: other }: MunkiItem): number => (one < other ? -1 : 1);

function pathIn(cursor: string): string {
  const path = Buffer.from(cursor, 'base64url').toString('utf8');
  if (Buffer.from(path).toString('base64url') !== cursor) throw new BadCursor();
  return path;
}
