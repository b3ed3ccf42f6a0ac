import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How people sign in with the accounts of an OpenID provider: at most one row, id 1. */
@Entity('oidc_settings')
export class OidcSettings {
  @PrimaryColumn({ type: 'integer' }) id!: number;
  @Column({ type: 'boolean' }) enabled!: boolean;
  /** As the provider writes it. */
  @Column({ type: 'varchar', length: 255 }) issuer!: string;
  @Column({ type: 'varchar', length: 255 }) clientId!: string;
  /** Sealed. */
  @Column({ type: 'text' }) clientSecret!: string;
  /** Separated by spaces. */
  @Column({ type: 'varchar', length: 500 }) scopes!: string;
  @Column({ type: 'varchar', length: 100 }) groupsClaim!: string;
  /** JSON: a list of groups, each with the role that it gives. */
  @Column({ type: 'text' }) groupRoles!: string;
  /** On the button of the sign-in page. */
  @Column({ type: 'varchar', length: 60 }) label!: string;
  /** Where people open the console, without a slash at the end: the provider sends them back there. */
  @Column({ type: 'varchar', length: 255 }) consoleUrl!: string;
}
