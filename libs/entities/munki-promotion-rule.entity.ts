import { Column, Entity, PrimaryColumn } from 'typeorm';

/** When items of one catalog of the Munki repository come into another. The first rule that fits an item decides. */
@Entity('munki_promotion_rule')
export class MunkiPromotionRule {
  @PrimaryColumn({ type: 'integer' }) position!: number;
  @Column({ type: 'varchar', length: 100 }) fromCatalog!: string;
  @Column({ type: 'varchar', length: 100 }) toCatalog!: string;
  /** Whether items stay in the first one, too. */
  @Column({ type: 'boolean' }) keepsFrom!: boolean;
  /** Since the last change of the pkginfo file. */
  @Column({ type: 'integer' }) afterDays!: number;
  /** Names of items that the rule leaves alone. */
  @Column({ type: 'simple-json' }) exceptNames!: string[];
}
