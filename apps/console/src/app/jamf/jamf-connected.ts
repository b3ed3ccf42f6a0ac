import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import type { JamfLeaderDto } from '#libs/api-client';
import { Chip } from '../shared/chip';
import { When } from '../shared/when';

/** Which server keeps Jamf Pro in step, and which others are connected with it. */
@Component({
  selector: 'ods-jamf-connected',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Chip, When],
  template: `
    @let lead = leader();
    <p>{{ lead.why }}</p>
    @if (lead.servers.length > 1) {
      <div class="scroll">
        <table class="grid stack">
          <thead>
            <tr>
              <th scope="col" i18n>Server</th>
              <th scope="col" i18n>Priority</th>
              <th scope="col" i18n>State</th>
              <th scope="col" i18n>Last report</th>
            </tr>
          </thead>
          <tbody>
            @for (server of lead.servers; track server.iss) {
              <tr>
                <td class="main">{{ server.name }}</td>
                <td i18n>Priority {{ server.priority }}</td>
                <td>
                  @if (server.iss === lead.iss) {
                    <ods-chip tone="good" i18n>Keeps it in step</ods-chip>
                  } @else if (server.ready) {
                    <ods-chip tone="plain" i18n>Could take over</ods-chip>
                  } @else {
                    <ods-chip tone="warn" i18n>Could not take over</ods-chip>
                  }
                </td>
                <td class="muted small"><ods-when [at]="server.heard_ts" /></td>
              </tr>
            }
          </tbody>
        </table>
      </div>
    }
  `,
  styles: `
    p {
      margin: 10px 0 0;
      overflow-wrap: anywhere;
    }
    .scroll {
      margin: 12px -20px -20px;
    }
  `,
})
export class JamfConnected {
  readonly leader = input.required<JamfLeaderDto>();
}
