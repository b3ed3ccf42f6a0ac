import { Injectable } from '@nestjs/common';
import { Clock } from '#libs/platform/clock.js';
import { DownloadLinkExpired, DownloadLinkInvalid, DownloadLinkNeeded } from './download-access.errors.js';
import type { LinkedContent } from './download-link.js';
import { type DownloadCredentials, type Refusal, refusalOf } from './download-policy.js';
import { DownloadSettingsService } from './download-settings.service.js';
import { LinkSigner } from './link-signer.js';

const errors: Readonly<Record<Refusal, new () => Error>> = {
  'link-needed': DownloadLinkNeeded,
  'link-invalid': DownloadLinkInvalid,
  'link-expired': DownloadLinkExpired,
};

/** The one place where it is decided whether a request may download: `refusalOf`, with this server's settings, key and clock. */
@Injectable()
export class DownloadAccess {
  constructor(
    private readonly settings: DownloadSettingsService,
    private readonly signer: LinkSigner,
    private readonly clock: Clock,
  ) {}

  /** `content`: what is served under the name, null for nothing. Throws DownloadLinkNeeded, DownloadLinkInvalid and DownloadLinkExpired. */
  async require(credentials: DownloadCredentials, content: LinkedContent | null): Promise<void> {
    const { linkRequired } = await this.settings.current();
    if (!linkRequired && credentials.link === null) return;
    const refusal = refusalOf(credentials, content, { linkRequired, linkKey: await this.signer.key(), nowMs: this.clock.now() });
    if (refusal !== null) throw new errors[refusal]();
  }
}
