import { inject, Injectable, signal } from '@angular/core';
import {
  Api,
  deletePackage,
  listPackages,
  type ListPackages$Params,
  type PackageListDto,
  restorePackage,
  updatePackage,
} from '#libs/api-client';
import { type Loadable, loading } from '../shared/loadable';
import { sentenceOf } from '../shared/problem';
import type { Stage } from './status-words';

/** Says that taking away a large part of all packages is meant. */
export type Consent = 'true';

/** The page of packages that is shown. Components read; only this class calls the API. */
@Injectable({ providedIn: 'root' })
export class PackageStore {
  private readonly api = inject(Api);
  private readonly state = signal<Loadable<PackageListDto>>(loading);
  private asked = 0;
  private last: ListPackages$Params = {};

  readonly page = this.state.asReadonly();

  /** Answers of older questions that come late are dropped. */
  async load(params: ListPackages$Params): Promise<void> {
    const mine = ++this.asked;
    this.last = params;
    try {
      const value = await this.api.invoke(listPackages, params);
      if (mine === this.asked) this.state.set({ status: 'ready', value });
    } catch (error) {
      if (mine === this.asked && this.state().status !== 'ready') this.state.set({ status: 'failed', message: sentenceOf(error) });
    }
  }

  reload(): Promise<void> {
    return this.load(this.last);
  }

  async setStage(id: number, stage: Stage, confirm?: Consent): Promise<void> {
    await this.api.invoke(updatePackage, { id_or_name: String(id), body: { stage }, ...(confirm && { confirm }) });
  }

  async remove(id: number, confirm?: Consent): Promise<void> {
    await this.api.invoke(deletePackage, { id_or_name: String(id), ...(confirm && { confirm }) });
  }

  async restore(filename: string): Promise<void> {
    await this.api.invoke(restorePackage, { id_or_name: filename });
  }
}
