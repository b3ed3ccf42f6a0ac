import { inject, Injectable, signal } from '@angular/core';
import {
  Api,
  createToken,
  type CreateTokenDto,
  createUser,
  type CreateUserDto,
  deleteUser,
  type IssuedTokenDto,
  listTokens,
  listUsers,
  revokeToken,
  type TokenDto,
  updateUser,
  type UpdateUserDto,
  type UserDto,
} from '#libs/api-client';
import { type Loadable, loading } from '../shared/loadable';
import { sentenceOf } from '../shared/problem';

interface Callers {
  readonly users: readonly UserDto[];
  readonly tokens: readonly TokenDto[];
}

/** Who may call the server: people and programs. Components read; only this class calls the API. */
@Injectable({ providedIn: 'root' })
export class PeopleStore {
  private readonly api = inject(Api);
  private readonly known = signal<Loadable<Callers>>(loading);

  readonly callers = this.known.asReadonly();

  async load(): Promise<void> {
    try {
      const [users, tokens] = await Promise.all([this.api.invoke(listUsers, {}), this.api.invoke(listTokens, {})]);
      this.known.set({ status: 'ready', value: { users: users.items, tokens: tokens.items } });
    } catch (error) {
      if (this.known().status !== 'ready') this.known.set({ status: 'failed', message: sentenceOf(error) });
    }
  }

  async addUser(body: CreateUserDto): Promise<void> {
    await this.api.invoke(createUser, { body });
    await this.load();
  }

  async changeUser(id: number, body: UpdateUserDto): Promise<void> {
    await this.api.invoke(updateUser, { id, body });
    await this.load();
  }

  async removeUser(id: number): Promise<void> {
    await this.api.invoke(deleteUser, { id });
    await this.load();
  }

  async issueToken(body: CreateTokenDto): Promise<IssuedTokenDto> {
    const token = await this.api.invoke(createToken, { body });
    await this.load();
    return token;
  }

  async revokeToken(id: number): Promise<void> {
    await this.api.invoke(revokeToken, { id });
    await this.load();
  }
}
