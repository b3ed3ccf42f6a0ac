import { Injectable } from '@nestjs/common';
import { Config } from '#libs/platform/config/config.js';
import { isLoopbackUrl } from '#libs/platform/http/outbound-rules.js';
import { RegistrationImpossible } from '../peers.errors.js';

/** Whether what is exchanged with this URL can be read on the line: plain HTTP that leaves this machine. */
export const isUnencrypted = (url: string): boolean => url.startsWith('http://') && !isLoopbackUrl(url);

/** Which URLs of other servers are taken. */
@Injectable()
export class PeerAddressPolicy {
  constructor(private readonly config: Config) {}

  /** Throws RegistrationImpossible for plain HTTP off this machine, unless PEER_ALLOW_HTTP allows it. */
  check(url: string): void {
    if (!isUnencrypted(url) || this.config.get('PEER_ALLOW_HTTP')) return;
    throw new RegistrationImpossible(
      `${url} is not encrypted: whoever is on the line can read what the servers exchange. Use https://, or set PEER_ALLOW_HTTP=true where the line is trusted.`,
    );
  }
}
