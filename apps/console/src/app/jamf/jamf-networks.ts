import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { Api, type JamfNetworksDto, listJamfNetworks, type WhichServerDto } from '#libs/api-client';
import { Chip } from '../shared/chip';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { type Loadable, loading } from '../shared/loadable';
import { pollWhileVisible } from '../shared/poll';
import { faultOf, sentenceOf } from '../shared/problem';
import { When } from '../shared/when';

const REFRESH_MS = 15_000;

/** The network segments of Jamf Pro, and which server a computer uses. */
@Component({
  selector: 'ods-jamf-networks',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Chip, CopyButton, FormsModule, MatButtonModule, MatFormFieldModule, MatInputModule, When],
  template: `
    <section class="card flush" aria-label="Network segments" i18n-aria-label>
      <div class="head">
        <h2 i18n>Network segments</h2>
        @let now = shown();
        @switch (now.status) {
          @case ('loading') {
            <p role="status" i18n>Loading…</p>
          }
          @case ('failed') {
            <p class="error" role="alert">{{ now.message }}</p>
          }
          @case ('ready') {
            <p class="muted small">
              @if (now.value.read_ts; as at) {
                <ng-container i18n>Read from Jamf Pro <ods-when [at]="at" /></ng-container>
              } @else {
                <ng-container i18n>Not read yet</ng-container>
              }
            </p>
            @if (now.value.fault; as fault) {
              <p class="error">{{ fault }}</p>
            }
            <form class="row" (ngSubmit)="ask()" autocomplete="off" aria-label="Which server a computer uses" i18n-aria-label>
              <mat-form-field appearance="outline" class="plain">
                <mat-label i18n>Address of a computer</mat-label>
                <input matInput name="ip" maxlength="45" placeholder="10.1.2.3" [(ngModel)]="ip" />
              </mat-form-field>
              <button matButton="outlined" type="submit" i18n>Which server?</button>
              <ods-copy [text]="curl()" what="the command" i18n-what label="Copy as curl" i18n-label />
            </form>
            <div role="status">
              @if (which(); as answer) {
                <p>
                  <ods-chip class="wrap" [tone]="answer.iss ? 'good' : 'warn'">{{ answer.sentence }}</ods-chip>
                </p>
              }
            </div>
            <p class="error" role="alert">{{ fault() }}</p>
            @for (problem of now.value.problems; track $index) {
              <p>
                <ods-chip tone="warn" class="wrap">{{ problem.sentence }}</ods-chip>
              </p>
            }
          }
        }
      </div>
      @if (now.status === 'ready' && now.value.items.length > 0) {
        <div class="scroll">
          <table class="grid stack">
            <thead>
              <tr>
                <th scope="col" i18n>Network segment</th>
                <th scope="col" i18n>Addresses</th>
                <th scope="col" i18n>Distribution point</th>
                <th scope="col" i18n>Server</th>
              </tr>
            </thead>
            <tbody>
              @for (row of now.value.items; track row.id) {
                <tr>
                  <td class="main">{{ row.name }}</td>
                  <td class="mono">{{ row.start }} – {{ row.end }}</td>
                  <td>{{ row.distribution_point ?? '–' }}</td>
                  <td>{{ row.server ?? '–' }}</td>
                </tr>
              }
            </tbody>
          </table>
        </div>
      }
    </section>
  `,
  styles: `
    .head {
      padding: 16px 20px;
    }
    form {
      margin-bottom: 8px;
    }
    h2,
    p {
      margin: 0 0 8px;
    }
    p:empty {
      display: none;
    }
  `,
})
export class JamfNetworks {
  private readonly api = inject(Api);

  protected readonly shown = signal<Loadable<JamfNetworksDto>>(loading);
  protected readonly ip = signal('');
  protected readonly which = signal<WhichServerDto | null>(null);
  protected readonly fault = signal('');

  constructor() {
    void this.load();
    pollWhileVisible(
      () => this.load(),
      () => REFRESH_MS,
    );
  }

  protected curl(): string {
    return curlOf(listJamfNetworks, this.params());
  }

  protected async ask(): Promise<void> {
    this.fault.set('');
    try {
      const answer = await this.api.invoke(listJamfNetworks, this.params());
      this.shown.set({ status: 'ready', value: answer });
      this.which.set(answer.which);
    } catch (error) {
      this.which.set(null);
      this.fault.set(faultOf(error, 'ip') ?? sentenceOf(error));
    }
  }

  private params(): { ip?: string } {
    const ip = this.ip().trim();
    return ip === '' ? {} : { ip };
  }

  private async load(): Promise<void> {
    try {
      this.shown.set({ status: 'ready', value: await this.api.invoke(listJamfNetworks, {}) });
    } catch (error) {
      if (this.shown().status !== 'ready') this.shown.set({ status: 'failed', message: sentenceOf(error) });
    }
  }
}
