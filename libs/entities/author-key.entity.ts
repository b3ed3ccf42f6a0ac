import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn, HexIdColumn } from '#libs/platform/database/columns.js';

/** `known`: writes signed with it are accepted; `conflict`: it came when another one was known, and an administrator must decide. */
export const authorKeyStates = ['known', 'conflict'] as const;
export type AuthorKeyState = (typeof authorKeyStates)[number];

/** A key that a server of the mesh signs its writes with (docs/mesh.md §12). */
@Entity('author_key')
@Index('uq_author_key', ['iss', 'keyId'], { unique: true })
export class AuthorKey {
  @PrimaryGeneratedColumn({ type: 'integer' }) id!: number;
  @HexIdColumn() iss!: string;
  /** SHA-256 of the key's text, hexadecimal. */
  @Column({ type: 'varchar', length: 64 }) keyId!: string;
  /** ES256, SPKI PEM. */
  @Column({ type: 'text' }) publicKey!: string;
  /** The peer that vouched for it; null when it was pinned at registration. */
  @HexIdColumn({ nullable: true }) introducedBy!: string | null;
  @BigIntColumn() firstSeenMs!: number;
  @Column({ type: 'varchar', length: 8 }) state!: AuthorKeyState;
}
