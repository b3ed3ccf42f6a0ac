import { inject, Injectable, signal } from '@angular/core';
import {
  Api,
  deletePackage,
  listDeletedPackages,
  listPackages,
  type ListPackages$Params,
  listTransfers,
  type PackageListDto,
  restorePackage,
  type TransferDto,
  updatePackage,
} from '#libs/api-client';
import { type Loadable, loading } from '../shared/loadable';
import { sentenceOf } from '../shared/problem';
import type { Stage } from './status-words';
import { byId, byName } from './addressing';

const MOST_TRANSFERS = 500;

/** What the person has said is meant, as the API takes it. */
export interface Consent {
  /** Taking away a large part of all packages. */
  readonly confirm?: 'true';
  /** A signer that is missing or another than before. */
  readonly confirm_signer?: 'true';
}

/** The page of packages that is shown. Components read; only this class calls the API. */
@Injectable({ providedIn: 'root' })
export class PackageStore {
  private readonly api = inject(Api);
  private readonly state = signal<Loadable<PackageListDto>>(loading);
  private readonly arriving = signal<ReadonlyMap<string, number>>(new Map());
  private asked = 0;
  private last: ListPackages$Params = {};

  readonly page = this.state.asReadonly();
  readonly percents = this.arriving.asReadonly();

  /** Answers of older questions that come late are dropped. */
  async load(params: ListPackages$Params): Promise<void> {
    const mine = ++this.asked;
    this.last = params;
    try {
      const value = await this.api.invoke(listPackages, params);
      if (mine !== this.asked) return;
      this.state.set({ status: 'ready', value });
      await this.loadPercents(value);
    } catch (error) {
      if (mine === this.asked && this.state().status !== 'ready') this.state.set({ status: 'failed', message: sentenceOf(error) });
    }
  }

  private async loadPercents({ items }: PackageListDto): Promise<void> {
    if (!items.some(({ status, replacement_pending: isPending }) => status === 'Downloading' || isPending))
      return this.arriving.set(new Map());
    const transfers = await this.api.invoke(listTransfers, { state: 'active', limit: MOST_TRANSFERS });
    const percent = ({ verified_bytes: here, file_size: size }: TransferDto): number => (size === 0 ? 0 : Math.floor((100 * here) / size));
    this.arriving.set(new Map(transfers.items.map((transfer) => [transfer.uuid, percent(transfer)])));
  }

  reload(): Promise<void> {
    return this.load(this.last);
  }

  async setStage(id: number, stage: Stage, consent: Consent = {}): Promise<void> {
    await this.api.invoke(updatePackage, { ...byId(id), body: { stage }, ...consent });
  }

  async remove(id: number, { confirm }: Consent = {}): Promise<void> {
    await this.api.invoke(deletePackage, { ...byId(id), ...(confirm && { confirm }) });
  }

  /** How long deleted packages can be restored; null when the server does not answer. */
  async retentionDays(): Promise<number | null> {
    return (await this.api.invoke(listDeletedPackages, { limit: 1 }).catch(() => null))?.retention_days ?? null;
  }

  async restore(filename: string): Promise<void> {
    await this.api.invoke(restorePackage, byName(filename));
  }
}
