import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/**
 * How a server and its distribution point in Jamf Pro compare. in_step: nothing to do. to_create, to_update: what writing would do. edited:
 * an administrator changed it in Jamf Pro. conflict: several distribution points, or several servers, have the address. missing_in_jamf: it was
 * deleted there. needs_https, no_url: the server has no address that computers could use. server_gone: the server is not known any more. left_alone:
 * an administrator said so. failed: writing did not succeed.
 */
export const jamfPointStates = [
  ...(['in_step', 'to_create', 'to_update', 'edited', 'conflict', 'missing_in_jamf', 'needs_https', 'no_url'] as const),
  ...(['server_gone', 'left_alone', 'failed'] as const),
] as const;
export type JamfPointState = (typeof jamfPointStates)[number];

/** One server of the mesh and its distribution point in Jamf Pro, as they were last compared. */
@Entity('jamf_point')
export class JamfPoint {
  @PrimaryColumn({ type: 'varchar', length: 32 }) iss!: string;
  /** Of the server. */
  @Column({ type: 'varchar', length: 100 }) serverName!: string;
  /** Whether its distribution point is kept from here. */
  @Column({ type: 'boolean' }) managed!: boolean;
  /** What a distribution point is called when one is made; null: after the server. */
  @Column({ type: 'varchar', length: 255, nullable: true }) wantedName!: string | null;
  @Column({ type: 'varchar', length: 100 }) context!: string;
  /** Null: there is none, or several. */
  @Column({ type: 'varchar', length: 15, nullable: true }) jamfId!: string | null;
  /** In Jamf Pro. */
  @Column({ type: 'varchar', length: 255, nullable: true }) pointName!: string | null;
  /** Where computers download by it, as it is or would be; null: the server has no address. */
  @Column({ type: 'varchar', length: 700, nullable: true }) address!: string | null;
  @Column({ type: 'varchar', length: 16 }) state!: JamfPointState;
  /** A sentence; empty when there is nothing to say. */
  @Column({ type: 'varchar', length: 500 }) reason!: string;
  /** The fields that are kept from here, when they were last written or taken over; JSON; null before. */
  @Column({ type: 'text', nullable: true }) base!: string | null;
  @BigIntColumn() checkedMs!: number;
  @BigIntColumn({ nullable: true }) writtenMs!: number | null;
}

/** A distribution point of Jamf Pro that belongs to no server of the mesh. */
@Entity('jamf_foreign_point')
export class JamfForeignPoint {
  @PrimaryColumn({ type: 'varchar', length: 15 }) jamfId!: string;
  @Column({ type: 'varchar', length: 255 }) name!: string;
  @Column({ type: 'varchar', length: 700 }) address!: string;
  @Column({ type: 'boolean' }) principal!: boolean;
}

/** A network segment of Jamf Pro. */
@Entity('jamf_network')
export class JamfNetwork {
  @PrimaryColumn({ type: 'varchar', length: 15 }) jamfId!: string;
  @Column({ type: 'varchar', length: 255 }) name!: string;
  @Column({ type: 'varchar', length: 45 }) startingAddress!: string;
  @Column({ type: 'varchar', length: 45 }) endingAddress!: string;
  @Column({ type: 'varchar', length: 255, nullable: true }) building!: string | null;
  /** The name of its default distribution point; null: none is set. */
  @Column({ type: 'varchar', length: 255, nullable: true }) pointName!: string | null;
}
