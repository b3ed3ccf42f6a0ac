import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { AuditEventDto } from '#libs/api-client';
import { When } from '../shared/when';
import { linesOf, wordsOf } from './audit-words';
import { runsOf } from './event-runs';

/** A few events of the audit trail, one line each. */
@Component({
  selector: 'ods-event-list',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [When],
  template: `
    <ul>
      @for (group of groups(); track group.event.id) {
        @let event = group.event;
        <li>
          <span class="what">
            {{ words(event.action) }}
            @if (hasSubjects() && event.subject && event.subject !== event.actor) {
              <strong>{{ event.subject }}</strong>
            }
            @if (group.times > 1) {
              <span class="muted small" i18n>{{ group.times }} times</span>
            }
            @for (line of lines(event); track line) {
              <span class="muted small change">{{ line }}</span>
            }
          </span>
          <span class="muted small">{{ event.actor }}, <ods-when [at]="event.at_ts" /></span>
        </li>
      }
    </ul>
  `,
  styles: `
    ul {
      list-style: none;
      margin: 0;
      padding: 0;
    }
    li {
      display: flex;
      flex-wrap: wrap;
      gap: 4px 16px;
      justify-content: space-between;
      padding: 8px 0;
    }
    li + li {
      border-top: 1px solid var(--ods-line);
    }
    .change {
      margin-left: 6px;
    }
    .what {
      min-width: 0;
      overflow-wrap: anywhere;
    }
  `,
})
export class EventList {
  readonly events = input.required<readonly AuditEventDto[]>();
  /** Whether each line says what it was done to. */
  readonly hasSubjects = input(false);

  /** Most lines. */
  readonly most = input(Infinity);

  protected readonly groups = computed(() => runsOf(this.events()).slice(0, this.most()));
  protected readonly words = wordsOf;
  /** Only what changed: sizes and hashes are for the audit page. */
  protected lines = ({ details }: AuditEventDto): string[] => linesOf(details).filter((line) => line.includes(' → '));
}
