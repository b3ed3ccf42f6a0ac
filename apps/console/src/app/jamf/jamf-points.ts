import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { RouterLink } from '@angular/router';
import { firstValueFrom } from 'rxjs';
import {
  Api,
  compareWithJamf,
  type JamfPointDto,
  type JamfPointsDto,
  listJamfDistributionPoints,
  overwriteJamfDistributionPoint,
} from '#libs/api-client';
import { Chip } from '../shared/chip';
import { Confirm } from '../shared/confirm';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { type Loadable, loading } from '../shared/loadable';
import { Notices } from '../shared/notices';
import { pollWhileVisible } from '../shared/poll';
import { codeOf, sentenceOf } from '../shared/problem';
import { When } from '../shared/when';
import { JamfChecks } from './jamf-checks';
import { JamfLeader } from './jamf-leader';
import { JamfNetworks } from './jamf-networks';
import { JamfPointDialog } from './jamf-point-dialog';
import { JamfTabs } from './jamf-tabs';
import { pointWords } from './jamf-words';

const REFRESH_MS = 5_000;

/** Servers of the mesh beside their distribution points in Jamf Pro, and which server a computer uses. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Chip, CopyButton, JamfChecks, JamfLeader, JamfNetworks, JamfTabs, MatButtonModule, RouterLink, When],
  templateUrl: './jamf-points.html',
  styles: `
    p {
      margin: 0;
    }
    .bar {
      padding: 12px 20px;
    }
    .reason {
      max-width: 46ch;
    }
    h2 {
      margin: 0;
    }
  `,
})
export class JamfPoints {
  private readonly api = inject(Api);
  private readonly confirm = inject(Confirm);
  private readonly dialogs = inject(MatDialog);
  private readonly notices = inject(Notices);

  protected readonly words = pointWords;
  protected readonly shown = signal<Loadable<JamfPointsDto>>(loading);
  protected readonly isSetUp = signal(true);

  constructor() {
    void this.load();
    pollWhileVisible(
      () => this.load(),
      () => REFRESH_MS,
    );
  }

  protected curl(): string {
    return curlOf(listJamfDistributionPoints, {});
  }

  protected async compare(): Promise<void> {
    const done = $localize`The comparison begins within seconds.`;
    await this.notices.attempt(() => this.api.invoke(compareWithJamf, {}), done, { curl: curlOf(compareWithJamf, {}) });
    await this.load();
  }

  protected async edit(point: JamfPointDto): Promise<void> {
    const dialog = this.dialogs.open<JamfPointDialog, JamfPointDto, boolean>(JamfPointDialog, { data: point });
    if (await firstValueFrom(dialog.afterClosed())) this.notices.done($localize`Saved.`);
    await this.load();
  }

  protected async overwrite({ iss, server, state, address }: JamfPointDto): Promise<void> {
    const params = { iss };
    const question =
      state === 'edited'
        ? [$localize`Write the distribution point of ${server} again?`, $localize`It leads to ${address} then.`, $localize`Write it`]
        : [
            $localize`Make the distribution point of ${server} again?`,
            $localize`It gets a new number; network segments in Jamf Pro have to be given it anew.`,
            $localize`Make it`,
          ];
    const [title, text, action] = question as [string, string, string];
    if (!(await this.confirm.ask({ title, text, action, curl: curlOf(overwriteJamfDistributionPoint, params) }))) return;
    await this.notices.attempt(() => this.api.invoke(overwriteJamfDistributionPoint, params), $localize`It is compared again.`);
    await this.load();
  }

  private async load(): Promise<void> {
    try {
      this.shown.set({ status: 'ready', value: await this.api.invoke(listJamfDistributionPoints, {}) });
      this.isSetUp.set(true);
    } catch (error) {
      if (codeOf(error) === 'jamf-not-set-up') this.isSetUp.set(false);
      else if (this.shown().status !== 'ready') this.shown.set({ status: 'failed', message: sentenceOf(error) });
    }
  }
}
