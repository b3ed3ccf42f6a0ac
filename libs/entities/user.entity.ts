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
  @BigIntColumn() createdMs!: number;
  @BigIntColumn({ nullable: true }) lastLoginMs!: number | null;
}
