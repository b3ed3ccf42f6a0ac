import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { derivedKey } from '#libs/platform/crypto/derived-key.js';
import { linkPath, type LinkedContent } from './download-link.js';

export interface SignedLink {
  readonly filename: string;
  readonly sha256: string;
  /** Below the server's own address. */
  readonly path: string;
  /** The server's own URL; null until it is set. */
  readonly serverUrl: string | null;
  /** Unix time in seconds. */
  readonly expires: number;
}

/** Signs download links with a key of SECRET_KEY and of this server, so that no server opens the links of another. */
@Injectable()
export class LinkSigner implements OnApplicationBootstrap {
  private derived: Buffer | undefined;

  constructor(
    private readonly config: Config,
    private readonly identity: ServerIdentity,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.key();
  }

  /** The ISS ID of a server never changes: it is read once. */
  async key(): Promise<Buffer> {
    this.derived ??= derivedKey(this.config, `download link of ${(await this.identity.get()).iss}`);
    return this.derived;
  }

  async sign({ filename, sha256 }: LinkedContent, seconds: number): Promise<SignedLink> {
    const expires = Math.floor(this.clock.now() / 1_000) + seconds;
    const path = linkPath(await this.key(), { filename, sha256 }, expires);
    return { filename, sha256, path, expires, serverUrl: (await this.identity.get()).url };
  }
}
