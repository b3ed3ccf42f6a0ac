import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { unwatchFile, watchFile } from 'node:fs';
import type { Server } from 'node:tls';
import { Clock } from '../clock.js';
import { Config } from '../config/config.js';
import { readTlsFiles, type TlsMaterial } from './tls-files.js';

/** Polled: a renewal often changes a symbolic link, or a volume from outside, of which a notification would not come. */
const LOOK_EVERY_MS = 2_000;
const DAY_MS = 86_400_000;
const WARN_DAYS = 14;

/** The certificate of this server: taken anew when its files change, without a restart and without an interruption. */
@Injectable()
export class CertificateWatch implements OnApplicationShutdown {
  private readonly logger = new Logger('TLS');
  private material: TlsMaterial | null = null;
  private stopWatching = (): void => undefined;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** When the certificate ends; null: this server does not end TLS. */
  get endsMs(): number | null {
    return this.material?.endsMs ?? null;
  }

  /** `material` is what the server was started with. */
  begin(server: Pick<Server, 'setSecureContext'>, material: TlsMaterial): void {
    this.material = material;
    this.warnOfEnd(material);
    const [cert, key] = [this.config.get('TLS_CERT_FILE')!, this.config.get('TLS_KEY_FILE')!];
    const look = () => this.renew(server, cert, key);
    for (const file of [cert, key]) watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, look);
    this.stopWatching = () => [cert, key].forEach((file) => unwatchFile(file, look));
  }

  onApplicationShutdown(): void {
    this.stopWatching();
  }

  /** Of the two files one changes first: until both fit, the former pair is used. */
  private renew(server: Pick<Server, 'setSecureContext'>, certFile: string, keyFile: string): void {
    try {
      const material = readTlsFiles(certFile, keyFile);
      if (material.cert === this.material?.cert && material.key === this.material.key) return;
      server.setSecureContext({ cert: material.cert, key: material.key });
      this.material = material;
      this.logger.log(`The certificate was renewed; it ends on ${new Date(material.endsMs).toISOString()}.`);
      this.warnOfEnd(material);
    } catch (error) {
      this.logger.warn(`${(error as Error).message} The former certificate is used until its files are right.`);
    }
  }

  private warnOfEnd({ endsMs }: TlsMaterial): void {
    const days = Math.floor((endsMs - this.clock.now()) / DAY_MS);
    if (days < 0) this.logger.error(`The certificate has ended on ${new Date(endsMs).toISOString()}: clients refuse it.`);
    else if (days < WARN_DAYS) this.logger.warn(`The certificate ends in ${days} days, on ${new Date(endsMs).toISOString()}.`);
  }
}
