import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Who may download from this server: at most one row, id 1; without it everybody may. */
@Entity('download_settings')
export class DownloadSettings {
  @PrimaryColumn({ type: 'integer' }) id!: number;
  /** Packages are downloaded with a signed link only. */
  @Column({ type: 'boolean' }) linkRequired!: boolean;
}
