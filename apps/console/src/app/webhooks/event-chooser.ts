import { ChangeDetectionStrategy, Component, computed, input, model, signal } from '@angular/core';
import { MatCheckboxModule } from '@angular/material/checkbox';
import { MatRadioModule } from '@angular/material/radio';
import type { EventTypeDto } from '#libs/api-client';
import { type EventGroup, groupsOf } from './event-groups';

/** Chooses the events to send: all (null), or some types. */
@Component({
  selector: 'ods-event-chooser',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [MatCheckboxModule, MatRadioModule],
  template: `
    <fieldset>
      <legend>{{ label() }}</legend>
      <mat-radio-group [value]="chosen() === null" (change)="setAll($event.value === true)">
        <mat-radio-button [value]="true" i18n>Everything that happens</mat-radio-button>
        <mat-radio-button [value]="false" i18n>Only what I choose</mat-radio-button>
      </mat-radio-group>
      @if (chosen(); as list) {
        @for (group of groups(); track group.label) {
          <div class="group" role="group" [attr.aria-label]="group.label">
            <mat-checkbox
              class="whole"
              [checked]="count(group) === group.events.length"
              [indeterminate]="count(group) > 0 && count(group) < group.events.length"
              (change)="setGroup(group, $event.checked)"
              >{{ group.label }}</mat-checkbox
            >
            @for (event of group.events; track event.type) {
              <mat-checkbox class="explained" [checked]="list.includes(event.type)" (change)="toggle(event.type)">
                {{ event.label }} <span class="muted small">{{ event.description }}</span>
              </mat-checkbox>
            }
          </div>
        }
      }
    </fieldset>
  `,
  styles: `
    fieldset {
      display: grid;
      gap: 8px;
      min-width: 0;
      margin: 0;
      padding: 0;
      border: 0;
    }
    legend {
      padding: 0;
      font-weight: 600;
    }
    mat-radio-group {
      display: flex;
      flex-wrap: wrap;
      gap: 0 16px;
    }
    .group {
      display: grid;
      gap: 2px;
    }
    .group mat-checkbox:not(.whole) {
      margin-left: 24px;
    }
    .whole {
      font-weight: 600;
    }
    .small {
      display: block;
    }
    .group mat-checkbox:not(.whole) {
      --mat-checkbox-label-text-line-height: 1.35;
    }
  `,
})
export class EventChooser {
  /** All that there is. */
  readonly types = input.required<readonly EventTypeDto[]>();
  /** What the choice is about. */
  readonly label = input($localize`Events to send`);
  /** Null: everything. */
  readonly chosen = model<readonly string[] | null>(null);

  protected readonly groups = computed(() => groupsOf(this.types()));
  /** What was chosen before "everything" comes back with "only". */
  private readonly before = signal<readonly string[]>([]);

  protected count({ events }: EventGroup): number {
    return events.filter(({ type }) => this.chosen()?.includes(type)).length;
  }

  protected setAll(isAll: boolean): void {
    if (isAll) this.before.set(this.chosen() ?? []);
    this.chosen.set(isAll ? null : this.before());
  }

  protected setGroup({ events }: EventGroup, isChosen: boolean): void {
    const names = events.map(({ type }) => type);
    const others = (this.chosen() ?? []).filter((type) => !names.includes(type));
    this.chosen.set(isChosen ? [...others, ...names] : others);
  }

  protected toggle(type: string): void {
    const list = this.chosen() ?? [];
    this.chosen.set(list.includes(type) ? list.filter((each) => each !== type) : [...list, type]);
  }
}
