import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { type Role, User } from '#libs/entities/user.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Every query on users. */
@Injectable()
export class UserRepository {
  constructor(private readonly db: Database) {}

  count(): Promise<number> {
    return this.db.manager.count(User);
  }

  findByKey(usernameKey: string): Promise<User | null> {
    return this.db.manager.findOneBy(User, { usernameKey });
  }

  findById(id: number): Promise<User | null> {
    return this.db.manager.findOneBy(User, { id });
  }

  /** Held until the transaction ends, so that what is decided about the user stays true in it. */
  findLocked(id: number): Promise<User | null> {
    return this.db.manager.findOne(User, { where: { id }, ...this.db.forUpdate });
  }

  findAll(): Promise<User[]> {
    return this.db.manager.find(User, { order: { usernameKey: 'ASC' } });
  }

  /** Those who can sign in without an OpenID provider, all of them held until the transaction ends. */
  findAdministratorsLocked(): Promise<User[]> {
    return this.db.manager.find(User, {
      where: { role: 'admin', disabled: false, service: false, identityKey: IsNull() },
      order: { id: 'ASC' },
      ...this.db.forUpdate,
    });
  }

  /** Null when the name is taken. */
  async insert(user: Omit<User, 'id'>): Promise<User | null> {
    await this.insertIfNew(user);
    const { usernameKey, passwordHash } = user;
    return this.db.manager.findOneBy(User, { usernameKey, passwordHash }); // salted: no other account has this hash
  }

  /** The external account of a person at the OpenID provider, held until the transaction ends. */
  findByIdentityLocked(identityKey: string): Promise<User | null> {
    return this.db.manager.findOne(User, { where: { identityKey }, ...this.db.forUpdate });
  }

  /** Null when the name is taken. Of two first sign-ins at once both get the one account. */
  async insertExternal(user: Omit<User, 'id' | 'identityKey'> & { identityKey: string }): Promise<User | null> {
    await this.insertIfNew(user);
    return this.findByIdentityLocked(user.identityKey);
  }

  /** From now on the account belongs to a person at the OpenID provider, and its password is worth nothing. */
  async makeExternal(id: number, change: Pick<User, 'identityKey' | 'identityIssuer' | 'identitySubject' | 'passwordHash'>): Promise<void> {
    await this.db.manager.update(User, { id }, { ...change, mustChangePassword: false });
  }

  async setRole(id: number, role: Role): Promise<void> {
    await this.db.manager.update(User, { id }, { role });
  }

  async update(id: number, { role, disabled, passwordHash, mustChangePassword }: User): Promise<void> {
    await this.db.manager.update(User, { id }, { role, disabled, passwordHash, mustChangePassword });
  }

  async delete(id: number): Promise<void> {
    await this.db.manager.delete(User, { id });
  }

  /** One statement, so that several processes that start at once make one user; the first one wins. */
  async insertIfNew(user: Omit<User, 'id'>): Promise<void> {
    await this.db.insertNew(User, [user]);
  }

  async setLastLogin(id: number, lastLoginMs: number): Promise<void> {
    await this.db.manager.update(User, { id }, { lastLoginMs });
  }

  /** Replaces the password that was seen; false when another change was first. */
  async replacePassword(id: number, seenHash: string, passwordHash: string): Promise<boolean> {
    const change = { passwordHash, mustChangePassword: false };
    const { affected } = await this.db.manager.update(User, { id, passwordHash: seenHash }, change);
    return affected === 1;
  }
}
