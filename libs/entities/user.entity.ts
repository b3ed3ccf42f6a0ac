import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** From least to most: each may do all that those before it may. */
export const roles = ['viewer', 'publisher', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Somebody who signs in. */
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
  @BigIntColumn() createdMs!: number;
  @BigIntColumn({ nullable: true }) lastLoginMs!: number | null;
}
