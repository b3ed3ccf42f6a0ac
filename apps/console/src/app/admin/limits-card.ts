import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { firstValueFrom } from 'rxjs';
import { Api, getReplication, type ReplicationDto, updateReplication } from '#libs/api-client';
import { Chip } from '../shared/chip';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { bytes } from '../shared/format';
import { Notices } from '../shared/notices';
import { pollWhileVisible } from '../shared/poll';
import { sentenceOf } from '../shared/problem';
import { LimitsDialog } from './limits-dialog';

const REFRESH_MS = 15_000;

/** How much this server fetches from the others and gives to them, and when. */
@Component({
  selector: 'ods-limits-card',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Chip, CopyButton, MatButtonModule],
  template: `
    <section class="card" aria-labelledby="limits-title">
      <div class="row spread">
        <h2 id="limits-title" i18n>Limits between servers</h2>
        @if (limits(); as now) {
          <div class="row">
            <ods-copy [text]="curl" what="the command" label="Copy as curl" i18n-label />
            <button matButton (click)="setPaused(!now.paused)">{{ pauseWord() }}</button>
            <button matButton="outlined" (click)="edit(now)" i18n>Change limits</button>
          </div>
        }
      </div>
      @if (limits(); as now) {
        <dl class="facts">
          <dt i18n>Fetching</dt>
          <dd>
            @if (now.fetching) {
              <ods-chip tone="good" i18n>Allowed now</ods-chip>
            } @else {
              <ods-chip tone="warn" class="wrap">{{ now.reason }}</ods-chip>
            }
          </dd>
          <dt i18n>Fetched from all servers</dt>
          <dd>{{ rate(now.download_limit) }}</dd>
          <dt i18n>Given to all servers</dt>
          <dd>{{ rate(now.upload_limit) }}</dd>
          <dt i18n>When</dt>
          <dd>
            @if (now.window; as window) {
              <ng-container i18n>every day from {{ window.from }} to {{ window.to }}, {{ window.time_zone }}</ng-container>
            } @else {
              <ng-container i18n>at any time</ng-container>
            }
          </dd>
          <dt i18n>Another signer in Prod</dt>
          <dd>
            @if (now.confirm_signers) {
              <ng-container i18n>only when an administrator agrees</ng-container>
            } @else {
              <ng-container i18n>promoted like any other package</ng-container>
            }
          </dd>
          <dt i18n>Copies for other servers</dt>
          <dd>
            @if (now.relay) {
              <ng-container i18n>kept while they travel</ng-container>
            } @else {
              <ng-container i18n>none</ng-container>
            }
          </dd>
        </dl>
      } @else {
        <p [class.error]="fault()" role="status">
          @if (fault()) {
            {{ fault() }}
          } @else {
            <ng-container i18n>Loading…</ng-container>
          }
        </p>
      }
    </section>
  `,
})
export class LimitsCard {
  private readonly api = inject(Api);
  private readonly dialog = inject(MatDialog);
  private readonly notices = inject(Notices);

  protected readonly limits = signal<ReplicationDto | null>(null);
  protected readonly fault = signal('');
  protected readonly curl = curlOf(getReplication, {});
  protected readonly pauseWord = computed(() => (this.limits()?.paused ? $localize`Go on fetching` : $localize`Pause fetching`));

  constructor() {
    void this.load();
    pollWhileVisible(
      () => this.load(),
      () => REFRESH_MS,
    );
  }

  protected rate = (limit: number | null): string => (limit === null ? $localize`no limit` : $localize`at most ${bytes(limit)}/s`);

  protected async setPaused(paused: boolean): Promise<void> {
    const params = { body: { paused } };
    const done = paused ? $localize`No content is fetched until you press Go on.` : $localize`Content is fetched again.`;
    const change = async (): Promise<void> => this.limits.set(await this.api.invoke(updateReplication, params));
    await this.notices.attempt(change, done, { curl: curlOf(updateReplication, params) });
  }

  private async load(): Promise<void> {
    try {
      this.limits.set(await this.api.invoke(getReplication, {}));
      this.fault.set('');
    } catch (error) {
      this.fault.set(sentenceOf(error)); // stands there only while nothing else does; asked again soon
    }
  }

  protected async edit(now: ReplicationDto): Promise<void> {
    const ref = this.dialog.open<LimitsDialog, ReplicationDto, ReplicationDto>(LimitsDialog, { data: now, width: '520px' });
    const changed = await firstValueFrom(ref.afterClosed());
    if (!changed) return;
    this.limits.set(changed);
    this.notices.done($localize`The limits count from now on.`);
  }
}
