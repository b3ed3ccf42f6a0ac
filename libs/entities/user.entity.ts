import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** From least to most: each may do all that those before it may. */
export const roles = ['viewer', 'publisher', 'admin'] as const;
export type Role = (typeof roles)[number];

/** An account: of a person who signs in, or of a program. */
@Entity('user')
export class User {
  @PrimaryGeneratedColumn({ type: 'integer' }) id!: number;
  @Column({ type: 'varchar', length: 64 }) username!: string;
  @Index('uq_user_username_key', { unique: true }) @Column({ type: 'varchar', length: 128 }) usernameKey!: string;
  /** scrypt, in the PHC string format. */
  @Column({ type: 'varchar', length: 255 }) passwordHash!: string;
  @Column({ type: 'varchar', length: 10 }) role!: Role;
  @Column({ type: 'boolean' }) mustChangePassword!: boolean;
  @Column({ type: 'boolean' }) disabled!: boolean;
  /** The account of a program: it has tokens, and cannot sign in. */
  @Column({ type: 'boolean', default: false }) service!: boolean;
  /** Of an external account, which signs in at the OpenID provider: issuer and subject, hashed. Null: a local account. */
  @Index('uq_user_identity_key', { unique: true })
  @Column({ type: 'varchar', length: 64, nullable: true })
  identityKey!: string | null;
  /** The provider that knows the person. */
  @Column({ type: 'varchar', length: 255, nullable: true }) identityIssuer!: string | null;
  /** What the provider calls the person: never given to another one, as names and e-mail addresses are. */
  @Column({ type: 'varchar', length: 255, nullable: true }) identitySubject!: string | null;
  @BigIntColumn() createdMs!: number;
  @BigIntColumn({ nullable: true }) lastLoginMs!: number | null;
}

/** Of an account that this server alone knows. */
export const localIdentity = { identityKey: null, identityIssuer: null, identitySubject: null } as const;

/** An account that signs in at the OpenID provider and has no password here. */
export const isExternal = ({ identityKey }: Pick<User, 'identityKey'>): boolean => identityKey !== null;
