import { inject, Injectable, signal } from '@angular/core';
import { Api, deletePackage, listPackages, type ListPackages$Params, type PackageListDto, updatePackage } from '#libs/api-client';
import { Connection } from '../shell/connection';
import { type Loadable, loading } from '../shared/loadable';
import { sentenceOf } from '../shared/problem';
import type { Stage } from './status-words';

/** The page of packages that is shown. Components read; only this class calls the API. */
@Injectable({ providedIn: 'root' })
export class PackageStore {
  private readonly api = inject(Api);
  private readonly connection = inject(Connection);
  private readonly state = signal<Loadable<PackageListDto>>(loading);
  private asked = 0;

  readonly page = this.state.asReadonly();

  /** Answers of older questions that come late are dropped. */
  async load(params: ListPackages$Params): Promise<void> {
    const mine = ++this.asked;
    try {
      const value = await this.api.invoke(listPackages, params);
      this.connection.note();
      if (mine === this.asked) this.state.set({ status: 'ready', value });
    } catch (error) {
      this.connection.note(error);
      if (mine === this.asked && this.state().status !== 'ready') this.state.set({ status: 'failed', message: sentenceOf(error) });
    }
  }

  async setStage(id: number, stage: Stage): Promise<void> {
    await this.api.invoke(updatePackage, { id_or_name: String(id), body: { stage } });
  }

  async remove(id: number): Promise<void> {
    await this.api.invoke(deletePackage, { id_or_name: String(id) });
  }
}
