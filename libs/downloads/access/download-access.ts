import { Injectable } from '@nestjs/common';
import { Clock } from '#libs/platform/clock.js';
import { CredentialUses } from './credential-uses.js';
import {
  DownloadCredentialNeeded,
  DownloadCredentialRefused,
  DownloadLinkExpired,
  DownloadLinkInvalid,
  DownloadLinkNeeded,
} from './download-access.errors.js';
import type { LinkedContent } from './download-link.js';
import { judge, type Refusal, type ShownCredentials } from './download-policy.js';
import { DownloadSettingsService } from './download-settings.service.js';
import { LinkSigner } from './link-signer.js';

const errors: Readonly<Record<Refusal, new () => Error>> = {
  'link-needed': DownloadLinkNeeded,
  'link-invalid': DownloadLinkInvalid,
  'link-expired': DownloadLinkExpired,
  'credential-needed': DownloadCredentialNeeded,
  'credential-refused': DownloadCredentialRefused,
};

/** The one place where it is decided whether a request may download: `judge`, with this server's settings, key and clock. */
@Injectable()
export class DownloadAccess {
  constructor(
    private readonly settings: DownloadSettingsService,
    private readonly signer: LinkSigner,
    private readonly uses: CredentialUses,
    private readonly clock: Clock,
  ) {}

  /** `content`: what is served under the name, null for nothing. Throws what `errors` names. */
  async require(shown: ShownCredentials, content: LinkedContent | null): Promise<void> {
    const { linkRequired, credentials } = await this.settings.current();
    if (!linkRequired && shown.link === null) return;
    const rules = { linkRequired, credentials, linkKey: await this.signer.key(), nowMs: this.clock.now() };
    const judgement = judge(shown, content, rules);
    if (judgement.refusal !== null) throw new errors[judgement.refusal]();
    if (judgement.by !== null) this.uses.note(judgement.by.id);
  }
}
