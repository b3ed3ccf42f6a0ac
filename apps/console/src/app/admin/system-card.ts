import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { Api, getSystem, type SystemDto } from '#libs/api-client';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { bytes, BytesPipe } from '../shared/format';
import { pollWhileVisible } from '../shared/poll';
import { Spark } from '../shared/spark';

interface Sample {
  readonly at: number;
  readonly machine: SystemDto;
}

const REFRESH_MS = 5_000;
const MOST_SAMPLES = 60;

/** How the machine of this server is doing, and how it did in the last minutes. */
@Component({
  selector: 'ods-system-card',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [BytesPipe, CopyButton, Spark],
  templateUrl: './system-card.html',
  styles: `
    .tiles {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));
      gap: 16px;
      margin: 0;
    }
    dt {
      color: var(--ods-muted);
      font-size: 0.87rem;
    }
    dd {
      margin: 2px 0 0;
      font-size: 1.15rem;
      font-weight: 600;
      font-variant-numeric: tabular-nums;
    }
    @media (max-width: 600px) {
      .tiles {
        grid-template-columns: 1fr 1fr;
      }
    }
  `,
})
export class SystemCard {
  private readonly api = inject(Api);
  private readonly samples = signal<readonly Sample[]>([]);

  protected readonly curl = curlOf(getSystem, {});
  protected readonly machine = computed(() => this.samples().at(-1)?.machine ?? null);
  protected readonly memory = computed(() => this.samples().map(({ machine }) => machine.mem_used ?? 0));
  protected readonly disk = computed(() => this.samples().map(({ machine }) => machine.disk_used ?? 0));
  protected readonly received = computed(() => this.ratesOf(({ network_bytes_received }) => network_bytes_received));
  protected readonly sent = computed(() => this.ratesOf(({ network_bytes_sent }) => network_bytes_sent));
  protected readonly receivedNow = computed(() => bytes(this.received().at(-1) ?? 0));
  protected readonly sentNow = computed(() => bytes(this.sent().at(-1) ?? 0));

  constructor() {
    void this.load();
    pollWhileVisible(
      () => this.load(),
      () => REFRESH_MS,
    );
  }

  /** Bytes per second between one sample and the next. */
  private ratesOf(figure: (machine: SystemDto) => number | null): number[] {
    const samples = this.samples();
    return samples.slice(1).map(({ at, machine }, index) => {
      const before = samples[index]!;
      const moved = (figure(machine) ?? 0) - (figure(before.machine) ?? 0);
      return Math.max(0, (moved * 1_000) / Math.max(1, at - before.at)); // a counter that began anew is no rate
    });
  }

  private async load(): Promise<void> {
    try {
      const machine = await this.api.invoke(getSystem, {});
      this.samples.update((samples) => [...samples, { at: performance.now(), machine }].slice(-MOST_SAMPLES));
    } catch {
      // The frame of the page says that the server does not answer; the figures stay as they were.
    }
  }
}
