import { inject, Injectable, signal } from '@angular/core';
import {
  Api,
  createDownloadLink,
  type DownloadLinkDto,
  type DownloadSettingsDto,
  getDownloadSettings,
  updateDownloadSettings,
} from '#libs/api-client';
import { Notices } from '../shared/notices';
import { byName } from './addressing';

/** Long enough for the browser to begin. */
const OWN_DOWNLOAD_SECONDS = 300;

/** Who may download from this server, and links for those who may. */
@Injectable({ providedIn: 'root' })
export class Downloads {
  private readonly api = inject(Api);
  private readonly notices = inject(Notices);
  private readonly known = signal<DownloadSettingsDto | null>(null);

  /** Null until they are known. */
  readonly settings = this.known.asReadonly();

  /** What is known stays when the server does not answer. */
  async load(): Promise<void> {
    await this.notices.attempt(async () => this.known.set(await this.api.invoke(getDownloadSettings, {})));
  }

  async change(body: DownloadSettingsDto): Promise<void> {
    this.known.set(await this.api.invoke(updateDownloadSettings, { body }));
  }

  makeLink(filename: string, seconds: number): Promise<DownloadLinkDto> {
    return this.api.invoke(createDownloadLink, { ...byName(filename), body: { expires_in_seconds: seconds } });
  }

  /** Where a link is needed, the browser follows one that is made for it now instead of the plain address. */
  async follow(click: Event, filename: string): Promise<void> {
    if (!this.known()?.link_required) return;
    click.preventDefault();
    await this.notices.attempt(async () => location.assign((await this.makeLink(filename, OWN_DOWNLOAD_SECONDS)).path));
  }
}
