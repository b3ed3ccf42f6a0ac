import { inject, Injectable } from '@angular/core';
import { deletePackage, type PackageDto, updatePackage } from '#libs/api-client';
import { Session } from '../session/session';
import { Confirm } from '../shared/confirm';
import { curlOf } from '../shared/curl';
import { Notices } from '../shared/notices';
import { codeOf, sentenceOf } from '../shared/problem';
import { type Consent, PackageStore } from './package-store';
import { namesOf, serves, StageTargets, type Target } from './stage-targets';
import { stages, type Stage } from './status-words';
import { byName } from './addressing';
import { basePath } from '../shared/base';

/** Where a package is downloaded from this server. */
export const downloadPath = (filename: string): string => `${basePath()}/share/${encodeURIComponent(filename)}`;

type Rows = readonly Pick<PackageDto, 'id' | 'filename' | 'stage'>[];

const nameOf = (rows: Rows): string => (rows.length === 1 ? rows[0]!.filename : $localize`${rows.length} packages`);

const commands = (rows: Rows, command: (filename: string) => string): string => rows.map(({ filename }) => command(filename)).join('\n');

/** One is named in the title. */
const namesIn = (rows: Rows): { names?: readonly string[] } => (rows.length === 1 ? {} : { names: rows.map(({ filename }) => filename) });

/** `days`: null when it is not known. */
function deletionText(count: number, days: number | null): string {
  const deleted = count === 1 ? $localize`It is deleted on every server.` : $localize`All of them are deleted on every server.`;
  if (days === null) return deleted;
  return count === 1
    ? $localize`${deleted} It can be restored for ${days} days, under Deleted packages.`
    : $localize`${deleted} They can be restored for ${days} days, under Deleted packages.`;
}

/** Which servers stop serving, this one included. */
function demotionText(rows: Rows, to: Stage, servers: readonly Target[] | null): string {
  if (servers === null) return $localize`Servers of a later stage than ${to} stop serving it.`;
  const stopping = servers.filter((server) => !serves(server, to) && rows.some(({ stage }) => serves(server, stage)));
  if (stopping.length === 0) return $localize`Every server that serves it now still serves it.`;
  const left = servers.filter((server) => serves(server, to));
  const stops = $localize`These servers stop serving it\: ${namesOf(stopping)}.`;
  return left.length === 0 ? $localize`${stops} Then no server serves it.` : $localize`${stops} It stays on ${namesOf(left)}.`;
}

/** What can be done with packages, one or many, from the list and from a package's page. */
@Injectable({ providedIn: 'root' })
export class PackageActions {
  private readonly store = inject(PackageStore);
  private readonly confirm = inject(Confirm);
  private readonly notices = inject(Notices);
  private readonly targets = inject(StageTargets);
  private readonly session = inject(Session);

  async setStage(rows: Rows, to: Stage): Promise<void> {
    const moved = rows.filter(({ stage }) => stage !== to);
    if (moved.length === 0) return this.notices.done($localize`${nameOf(rows)}\: ${to} already.`);
    const curl = commands(moved, (filename) => curlOf(updatePackage, { ...byName(filename), body: { stage: to } }));
    if (moved.some(({ stage }) => stages.indexOf(to) < stages.indexOf(stage)) && !(await this.mayDemote(moved, to, curl))) return;
    const consented = commands(moved, (filename) => curlOf(updatePackage, { ...byName(filename), body: { stage: to }, confirm: 'true' }));
    const done = await this.each(moved, ({ id }, consent) => this.store.setStage(id, to, consent), consented);
    if (done.length === 0) return;
    const undo = async (): Promise<void> => {
      await this.each(done, ({ id, stage }, consent) => this.store.setStage(id, stage, consent));
      await this.store.reload();
    };
    this.notices.done($localize`${nameOf(done)}\: now ${to}, on every server.`, { curl, undo });
  }

  /** True when something was deleted. */
  async remove(rows: Rows): Promise<boolean> {
    const curl = commands(rows, (filename) => curlOf(deletePackage, byName(filename)));
    const question = {
      title: $localize`Delete ${nameOf(rows)}?`,
      text: deletionText(rows.length, await this.store.retentionDays()),
      action: $localize`Delete everywhere`,
      isDestructive: true,
      ...namesIn(rows),
      curl,
    };
    if (!(await this.confirm.ask(question))) return false;
    const consented = commands(rows, (filename) => curlOf(deletePackage, { ...byName(filename), confirm: 'true' }));
    const done = await this.each(rows, ({ id }, consent) => this.store.remove(id, consent), consented);
    if (done.length === 0) return false;
    const undo = async (): Promise<void> => {
      const back = await this.each(done, ({ filename }) => this.store.restore(filename));
      if (back.length > 0) this.notices.done($localize`${nameOf(back)}\: back, on every server.`);
      await this.store.reload();
    };
    this.notices.done($localize`${nameOf(done)}\: deleted.`, { undo });
    return true;
  }

  private async mayDemote(rows: Rows, to: Stage, curl: string): Promise<boolean> {
    const title = $localize`Demote ${nameOf(rows)} to ${to}?`;
    const text = demotionText(rows, to, await this.targets.servers());
    return this.confirm.ask({ title, text, action: $localize`Demote to ${to}`, ...namesIn(rows), curl });
  }

  /**
   * One after the other until one fails, which is said; answers those that were done. A mass delete is asked about once, and each package
   * with another signer.
   */
  private async each(rows: Rows, work: (row: Rows[number], consent?: Consent) => Promise<void>, consented?: string): Promise<Rows> {
    const done: Rows[number][] = [];
    let shared: Consent = {};
    for (const row of rows) {
      try {
        let consent = shared;
        for (;;) {
          const refusal = await work(row, consent).then(
            () => null,
            (error: unknown) => ({ error }),
          );
          if (!refusal) break;
          consent = await this.consentAfter(refusal.error, consent, consented);
          shared = { ...shared, ...(consent.confirm && { confirm: consent.confirm }) };
        }
        done.push(row);
      } catch (error) {
        this.notices.failed(error);
        break;
      }
    }
    return done;
  }

  /** What is meant after a person was asked about a refusal; throws the refusal when it stays one. */
  private async consentAfter(error: unknown, before: Consent, curl?: string): Promise<Consent> {
    const code = codeOf(error);
    if (code === 'mass-delete-unconfirmed' && !before.confirm && (await this.consents(error, curl))) return { ...before, confirm: 'true' };
    if (code === 'signer-unconfirmed' && !before.confirm_signer && this.session.isAdmin() && (await this.agrees(error)))
      return { ...before, confirm_signer: 'true' };
    throw error;
  }

  private consents(error: unknown, curl?: string): Promise<boolean> {
    return this.confirm.ask({
      title: $localize`So many at once?`,
      text: sentenceOf(error).replace(/ If it is meant.*$/, ''),
      action: $localize`Yes, all of them`,
      curl,
    });
  }

  private agrees(error: unknown): Promise<boolean> {
    return this.confirm.ask({
      title: $localize`Promote it with this signer?`,
      text: sentenceOf(error).replace(/ If it is meant.*$/, ''),
      action: $localize`Promote to Prod`,
      isDestructive: true,
    });
  }
}
