import { Entity, Index, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** The `jti` of a peer token, or the state of a sign-in at a provider, that was used: a second use is a replay. Kept until it has expired. */
@Entity('seen_token')
export class SeenToken {
  /** `iss` and `jti`, hashed. */
  @PrimaryColumn({ type: 'varchar', length: 64 }) id!: string;
  @Index('ix_seen_token_expires') @BigIntColumn() expiresMs!: number;
}
