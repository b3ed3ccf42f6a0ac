import { inject, Injectable, signal } from '@angular/core';
import { Api, listNetworkPackages, type ListNetworkPackages$Params, type NetworkPackagesDto } from '#libs/api-client';
import { type Loadable, loading } from '../shared/loadable';
import { sentenceOf } from '../shared/problem';

/** The page of the matrix that is shown. Components read; only this class calls the API. */
@Injectable({ providedIn: 'root' })
export class MatrixStore {
  private readonly api = inject(Api);
  private readonly state = signal<Loadable<NetworkPackagesDto>>(loading);
  private asked = 0;

  readonly page = this.state.asReadonly();

  /** Answers of older questions that come late are dropped. */
  async load(params: ListNetworkPackages$Params): Promise<void> {
    const mine = ++this.asked;
    try {
      const value = await this.api.invoke(listNetworkPackages, params);
      if (mine === this.asked) this.state.set({ status: 'ready', value });
    } catch (error) {
      if (mine === this.asked && this.state().status !== 'ready') this.state.set({ status: 'failed', message: sentenceOf(error) });
    }
  }
}
