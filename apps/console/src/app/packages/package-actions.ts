import { inject, Injectable } from '@angular/core';
import { deletePackage, type PackageDto, updatePackage } from '#libs/api-client';
import { Confirm } from '../shared/confirm';
import { curlOf } from '../shared/curl';
import { Notices } from '../shared/notices';
import { codeOf, sentenceOf } from '../shared/problem';
import { type Consent, PackageStore } from './package-store';
import { stages, type Stage } from './status-words';

/** Where a package is downloaded from this server. */
export const downloadPath = (filename: string): string => `/share/${encodeURIComponent(filename)}`;

type Rows = readonly Pick<PackageDto, 'id' | 'filename' | 'stage'>[];

const nameOf = (rows: Rows): string => (rows.length === 1 ? rows[0]!.filename : $localize`${rows.length} packages`);

const commands = (rows: Rows, command: (filename: string) => string): string => rows.map(({ filename }) => command(filename)).join('\n');

/** What can be done with packages, one or many, from the list and from a package's page. */
@Injectable({ providedIn: 'root' })
export class PackageActions {
  private readonly store = inject(PackageStore);
  private readonly confirm = inject(Confirm);
  private readonly notices = inject(Notices);

  async setStage(rows: Rows, to: Stage): Promise<void> {
    const moved = rows.filter(({ stage }) => stage !== to);
    if (moved.length === 0) return this.notices.done($localize`${nameOf(rows)}\: ${to} already.`);
    const curl = commands(moved, (filename) => curlOf(updatePackage, { id_or_name: filename, body: { stage: to } }));
    if (moved.some(({ stage }) => stages.indexOf(to) < stages.indexOf(stage)) && !(await this.mayDemote(moved, to, curl))) return;
    const consented = commands(moved, (filename) => curlOf(updatePackage, { id_or_name: filename, body: { stage: to }, confirm: 'true' }));
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
    const curl = commands(rows, (filename) => curlOf(deletePackage, { id_or_name: filename }));
    const text =
      rows.length === 1
        ? $localize`It is deleted on every server. For the retention time it can be restored on servers that held it.`
        : $localize`They are deleted on every server. For the retention time they can be restored on servers that held them.`;
    const action = $localize`Delete everywhere`;
    if (!(await this.confirm.ask({ title: $localize`Delete ${nameOf(rows)}?`, text, action, curl }))) return false;
    const consented = commands(rows, (filename) => curlOf(deletePackage, { id_or_name: filename, confirm: 'true' }));
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

  private mayDemote(rows: Rows, to: Stage, curl: string): Promise<boolean> {
    const title = $localize`Demote ${nameOf(rows)} to ${to}?`;
    const text = $localize`Servers of a later stage than ${to} stop serving it. It stays on the others.`;
    return this.confirm.ask({ title, text, action: $localize`Demote to ${to}`, curl });
  }

  /** One after the other until one fails, which is said; answers those that were done. A mass delete is asked about once. */
  private async each(rows: Rows, work: (row: Rows[number], consent?: Consent) => Promise<void>, consented?: string): Promise<Rows> {
    const done: Rows[number][] = [];
    let consent: Consent | undefined;
    for (const row of rows) {
      try {
        await work(row, consent).catch(async (error: unknown) => {
          if (codeOf(error) !== 'mass-delete-unconfirmed' || consent || !(await this.consents(error, consented))) throw error;
          consent = 'true';
          await work(row, consent);
        });
        done.push(row);
      } catch (error) {
        this.notices.failed(error);
        break;
      }
    }
    return done;
  }

  private consents(error: unknown, curl?: string): Promise<boolean> {
    return this.confirm.ask({
      title: $localize`So many at once?`,
      text: sentenceOf(error).replace(/ If it is meant.*$/, ''),
      action: $localize`Yes, all of them`,
      curl,
    });
  }
}
