import { inject, Injectable } from '@angular/core';
import { MatSnackBar } from '@angular/material/snack-bar';
import type { PackageDto } from '#libs/api-client';
import { Confirm } from '../shared/confirm';
import { sentenceOf } from '../shared/problem';
import { PackageStore } from './package-store';
import { stages, type Stage } from './status-words';

/** Where a package is downloaded from this server. */
export const downloadPath = (filename: string): string => `/share/${encodeURIComponent(filename)}`;

/** What can be done with a package from the list and from its page. */
@Injectable({ providedIn: 'root' })
export class PackageActions {
  private readonly store = inject(PackageStore);
  private readonly confirm = inject(Confirm);
  private readonly snackBar = inject(MatSnackBar);

  async setStage({ id, filename, stage: from }: PackageDto, to: Stage): Promise<void> {
    const isDemotion = stages.indexOf(to) < stages.indexOf(from);
    const text = `Servers of a later stage than ${to} stop serving it. It stays on the others.`;
    if (isDemotion && !(await this.confirm.ask({ title: `Demote ${filename} to ${to}?`, text, action: `Demote to ${to}` }))) return;
    await this.attempt(() => this.store.setStage(id, to), `${filename} is now ${to}, on every server.`);
  }

  /** True when it was deleted. */
  async remove({ id, filename }: PackageDto): Promise<boolean> {
    const text = 'It is deleted on every server. For the retention time it can be restored on servers that held it.';
    if (!(await this.confirm.ask({ title: `Delete ${filename}?`, text, action: 'Delete everywhere' }))) return false;
    return this.attempt(() => this.store.remove(id), `${filename} was deleted.`);
  }

  private async attempt(work: () => Promise<void>, done: string): Promise<boolean> {
    try {
      await work();
      this.snackBar.open(done, undefined, { duration: 4_000 });
      return true;
    } catch (error) {
      this.snackBar.open(sentenceOf(error), 'Close');
      return false;
    }
  }
}
