import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { ago, exactTime } from './format';
import { Now } from './now';

/** A time: how long ago in words, the exact value on hover. */
@Component({
  selector: 'ods-when',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<time [attr.datetime]="iso()" [title]="exact()">{{ text() }}</time>`,
})
export class When {
  private readonly now = inject(Now);

  /** Unix time in seconds. */
  readonly at = input.required<number>();
  protected readonly iso = computed(() => new Date(this.at() * 1_000).toISOString());
  protected readonly exact = computed(() => exactTime(this.at()));
  protected readonly text = computed(() => ago(this.at(), this.now.seconds()));
}
