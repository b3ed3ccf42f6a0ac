import { ChangeDetectionStrategy, Component, computed, input, output, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatSelectModule } from '@angular/material/select';
import type { DeliveryDto } from '#libs/api-client';
import { wordsOf } from '../audit/audit-words';
import { Chip } from '../shared/chip';
import { CopyButton } from '../shared/copy-button';
import { When } from '../shared/when';
import { outcomeOf, readable, troubleOf } from './delivery-words';

const SOON_MS = 45_000;

type Wanted = DeliveryDto['state'] | 'all';

/** Recent deliveries and their responses; each opens in place. */
@Component({
  selector: 'ods-deliveries',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Chip, CopyButton, FormsModule, MatButtonModule, MatFormFieldModule, MatSelectModule, When],
  templateUrl: './delivery-table.html',
  styleUrl: './delivery-table.scss',
})
export class DeliveryTable {
  /** Newest first. */
  readonly deliveries = input.required<readonly DeliveryDto[]>();
  /** Asks to send it again. */
  readonly repeat = output<DeliveryDto>();

  protected readonly states: readonly { value: Wanted; label: string }[] = [
    { value: 'all', label: $localize`All` },
    { value: 'delivered', label: $localize`Delivered` },
    { value: 'pending', label: $localize`On its way, or tried again` },
    { value: 'failed', label: $localize`Not delivered` },
  ];
  protected readonly state = signal<Wanted>('all');
  protected readonly type = signal('all');
  protected readonly types = computed(() => [...new Set(this.deliveries().map(({ event_type }) => event_type))].sort());
  protected readonly shown = computed(() =>
    this.deliveries().filter(({ state, event_type }) => [state, 'all'].includes(this.state()) && [event_type, 'all'].includes(this.type())),
  );
  protected readonly opened = signal<string | null>(null);

  protected readonly wordsOf = wordsOf;
  protected readonly outcomeOf = outcomeOf;
  protected readonly troubleOf = troubleOf;
  protected readonly readable = readable;

  protected isSoon = (unixSeconds: number): boolean => unixSeconds * 1_000 - Date.now() < SOON_MS;

  protected toggle({ id }: DeliveryDto): void {
    this.opened.update((open) => (open === id ? null : id));
  }
}
