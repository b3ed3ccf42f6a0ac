import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { RetentionItemDto } from '#libs/api-client';
import { BytesPipe } from '../shared/format';

/** Packages, and what a rule says of them. */
@Component({
  selector: 'ods-retention-table',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [BytesPipe, RouterLink],
  template: `
    <div class="scroll">
      <table class="grid stack">
        <thead>
          <tr>
            <th scope="col" i18n>Filename</th>
            <th scope="col" i18n>Version</th>
            <th scope="col" i18n>Stage</th>
            <th scope="col" class="number wide-only" i18n>Size</th>
            <th scope="col" i18n>Why</th>
          </tr>
        </thead>
        <tbody>
          @for (item of items(); track item.filename) {
            <tr>
              <td class="main">
                <a [routerLink]="['/packages', item.filename]">{{ item.filename }}</a>
              </td>
              <td>{{ item.version ?? '–' }}</td>
              <td>{{ item.stage }}</td>
              <td class="number wide-only">{{ item.size | bytes }}</td>
              <td class="muted">{{ item.reason }}</td>
            </tr>
          }
        </tbody>
      </table>
    </div>
  `,
})
export class RetentionTable {
  readonly items = input.required<readonly RetentionItemDto[]>();
}
