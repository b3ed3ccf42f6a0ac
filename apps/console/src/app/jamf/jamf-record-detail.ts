import { ChangeDetectionStrategy, Component, effect, inject, input, output, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { Api, getJamfRecord, type JamfRecordDetailDto, releaseJamfRecord } from '#libs/api-client';
import { curlOf } from '../shared/curl';
import { type Loadable, loading } from '../shared/loadable';
import { Notices } from '../shared/notices';
import { sentenceOf } from '../shared/problem';
import { fieldWord } from './jamf-words';

/** One record, field by field, as Jamf Pro has it now. */
@Component({
  selector: 'ods-jamf-record-detail',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [MatButtonModule],
  template: `
    @let now = state();
    @switch (now.status) {
      @case ('loading') {
        <p role="status" i18n>Asking Jamf Pro…</p>
      }
      @case ('failed') {
        <p role="alert">{{ now.message }}</p>
      }
      @case ('ready') {
        @if (now.value.fault; as fault) {
          <p class="error" role="alert">{{ fault }}</p>
        }
        @if (now.value.diff; as diff) {
          <dl class="facts">
            @for (each of diff; track each.field) {
              <dt>{{ word(each.field) }}</dt>
              <dd>
                <span class="value">{{ each.in_jamf || '–' }}</span>
                @if (each.decision !== 'same') {
                  <p class="muted small">
                    @if (each.decision === 'kept') {
                      <ng-container i18n>Kept as edited in Jamf Pro.</ng-container>
                    } @else {
                      <ng-container i18n>Last written: {{ each.last_written || '–' }}</ng-container>
                    }
                  </p>
                }
              </dd>
            }
          </dl>
        }
        @if (now.value.pinned.length > 0) {
          <button matButton="outlined" (click)="release(now.value)" i18n>Let the edited fields follow the rules again</button>
        }
      }
    }
  `,
  styles: `
    p {
      margin: 0;
    }
    .value {
      overflow-wrap: anywhere;
    }
    dl + button {
      margin-top: 12px;
    }
  `,
})
export class JamfRecordDetail {
  private readonly api = inject(Api);
  private readonly notices = inject(Notices);

  readonly id = input.required<number>();
  readonly changed = output();
  protected readonly state = signal<Loadable<JamfRecordDetailDto>>(loading);
  protected readonly word = fieldWord;

  constructor() {
    effect(() => void this.load(this.id()));
  }

  protected async release({ id, pinned }: JamfRecordDetailDto): Promise<void> {
    const params = { id, body: { fields: pinned } };
    const done = $localize`The fields follow the rules again.`;
    await this.notices.attempt(() => this.api.invoke(releaseJamfRecord, params), done, { curl: curlOf(releaseJamfRecord, params) });
    this.changed.emit();
    await this.load(id);
  }

  private async load(id: number): Promise<void> {
    try {
      this.state.set({ status: 'ready', value: await this.api.invoke(getJamfRecord, { id }) });
    } catch (error) {
      this.state.set({ status: 'failed', message: sentenceOf(error) });
    }
  }
}
