import { ChangeDetectionStrategy, Component, computed, input, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { listPackageServers, type PackageServersDto } from '#libs/api-client';
import { HeldNote } from '../held/held-note';
import { byUrgency, holdingWords } from '../network/mesh-words';
import { Chip } from '../shared/chip';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { LocalTimesPipe } from '../shared/format';
import { byName } from './addressing';

const FIRST_SHOWN = 8;

/** Where a package is in the network, and why it is not where it is not: one sentence for each server. */
@Component({
  selector: 'ods-package-servers',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Chip, CopyButton, HeldNote, LocalTimesPipe, MatButtonModule],
  template: `
    <section class="card" aria-labelledby="where-title">
      <h2 id="where-title" i18n>Where it is</h2>
      <p>{{ places().sentence | localTimes }}</p>
      <ods-held-note [filename]="places().filename" />
      <ul>
        @for (place of shown(); track place.iss) {
          @let word = words[place.state];
          <li>
            <strong>{{ place.name }}</strong>
            <ods-chip [tone]="word[0]">{{ word[1] }}</ods-chip>
            <span class="muted">{{ place.sentence | localTimes }}</span>
          </li>
        }
      </ul>
      @if (places().servers.length > mostShown) {
        <button matButton type="button" (click)="isWhole.set(!isWhole())">
          @if (isWhole()) {
            <ng-container i18n>Show fewer</ng-container>
          } @else {
            <ng-container i18n>Show all {{ places().servers.length }} servers</ng-container>
          }
        </button>
      }
      <ods-copy [text]="curl()" what="the command" i18n-what label="Copy as curl" i18n-label />
    </section>
  `,
  styles: `
    p {
      margin: 0;
    }
    ul {
      list-style: none;
      margin: 10px 0;
      padding: 0;
    }
    li {
      display: grid;
      grid-template-columns: minmax(100px, 180px) 110px minmax(0, 1fr);
      gap: 2px 16px;
      padding: 8px 0;
      border-top: 1px solid var(--ods-line);
      overflow-wrap: anywhere;
    }
    @media (max-width: 600px) {
      li {
        grid-template-columns: minmax(0, 1fr) auto;
      }
      li > :last-child {
        grid-column: 1 / -1;
      }
    }
  `,
})
export class PackageServers {
  readonly places = input.required<PackageServersDto>();

  protected readonly mostShown = FIRST_SHOWN;
  protected readonly words = holdingWords;
  protected readonly isWhole = signal(false);
  protected readonly shown = computed(() => byUrgency(this.places().servers).slice(0, this.isWhole() ? undefined : FIRST_SHOWN));
  protected readonly curl = computed(() => curlOf(listPackageServers, byName(this.places().filename)));
}
