import { inject, Injectable, signal } from '@angular/core';
import {
  acceptAuthorKey,
  acceptRefusedWrite,
  Api,
  type AuthorListDto,
  listAuthors,
  listRefusedWrites,
  type RefusedWriteListDto,
  setAuthorRights,
  type SetAuthorRightsDto,
} from '#libs/api-client';
import { type Loadable, loading } from '../shared/loadable';
import { sentenceOf } from '../shared/problem';

export interface TrustState {
  readonly authors: AuthorListDto;
  readonly refused: RefusedWriteListDto;
}

/** What this server accepts of which other one, and what it refused. */
@Injectable({ providedIn: 'root' })
export class TrustStore {
  private readonly api = inject(Api);
  private readonly known = signal<Loadable<TrustState>>(loading);

  readonly state = this.known.asReadonly();

  async load(): Promise<void> {
    try {
      const [authors, refused] = await Promise.all([this.api.invoke(listAuthors, {}), this.api.invoke(listRefusedWrites, {})]);
      this.known.set({ status: 'ready', value: { authors, refused } });
    } catch (error) {
      if (this.known().status !== 'ready') this.known.set({ status: 'failed', message: sentenceOf(error) });
    }
  }

  async setRights(iss: string, body: SetAuthorRightsDto): Promise<void> {
    await this.api.invoke(setAuthorRights, { iss, body });
    await this.load();
  }

  async acceptKey(iss: string, id: number): Promise<void> {
    await this.api.invoke(acceptAuthorKey, { iss, id });
    await this.load();
  }

  async acceptWrite(id: number): Promise<void> {
    await this.api.invoke(acceptRefusedWrite, { id });
    await this.load();
  }
}
