import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MatProgressBarModule } from '@angular/material/progress-bar';
import { RouterLink } from '@angular/router';
import {
  type AboutDto,
  Api,
  getAbout,
  getNetwork,
  getSystem,
  listAudit,
  listHeldChanges,
  listPackages,
  listRegisteredOds,
  listTransfers,
} from '#libs/api-client';
import type { AuditEventDto, NetworkDto, PeerDto, SystemDto, TransferDto } from '#libs/api-client';
import type { Status } from '../packages/status-words';
import { EventList } from '../audit/event-list';
import { Session } from '../session/session';
import { Chip } from '../shared/chip';
import { EntryLink } from '../shared/entry-link';
import { BytesPipe, DurationPipe } from '../shared/format';
import { pollWhileVisible } from '../shared/poll';
import { sentenceOf } from '../shared/problem';
import { When } from '../shared/when';
import { findingsOf, oldestReport } from './health';

interface Seen {
  readonly about: AboutDto | null;
  readonly peers: readonly PeerDto[];
  readonly network: NetworkDto;
  readonly system: SystemDto;
  readonly transfers: readonly TransferDto[];
  readonly total: number;
  readonly counts: Readonly<Partial<Record<Status, number>>>;
  readonly held: number;
  readonly events: readonly AuditEventDto[];
}

const REFRESH_MS = 4_000;
const noted: readonly Status[] = ['Quarantined', 'Failed', 'Waiting', 'Downloading'];
const MOST_TRANSFERS = 5;
const MOST_EVENTS = 6;
/** Of which alike ones in a row are one line. */
const EVENTS_READ = 30;

/** How this server and its mesh are doing, at a glance. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [BytesPipe, Chip, DurationPipe, EntryLink, EventList, MatProgressBarModule, RouterLink, When],
  templateUrl: './overview.html',
  styleUrl: './overview.scss',
})
export class Overview {
  private readonly api = inject(Api);
  private readonly session = inject(Session);

  protected readonly seen = signal<Seen | null>(null);
  protected readonly fault = signal('');
  protected readonly mostEvents = MOST_EVENTS;
  protected readonly findings = computed(() => {
    const seen = this.seen();
    return seen ? findingsOf(seen) : [];
  });
  /** The other servers of the mesh, registered here or known through those. */
  protected readonly others = computed(() => this.seen()?.network.servers.filter(({ relation }) => relation !== 'self') ?? []);
  protected readonly reportedAt = computed(() => {
    const seen = this.seen();
    return seen && oldestReport(seen.network);
  });
  protected readonly moving = computed(() => this.seen()?.transfers.filter(({ state }) => state === 'active' || state === 'queued') ?? []);
  protected readonly shown = computed(() => this.moving().slice(0, MOST_TRANSFERS));
  protected readonly recent = computed(() =>
    (this.seen()?.transfers.filter(({ state }) => state === 'done') ?? []).slice(0, MOST_TRANSFERS),
  );
  protected readonly rate = computed(() => this.moving().reduce((sum, { rate }) => sum + (rate ?? 0), 0));
  protected readonly diskUsed = computed(() => {
    const { disk_total, disk_free } = this.seen()?.system ?? {};
    return disk_total && disk_free != null ? (100 * (disk_total - disk_free)) / disk_total : null;
  });
  /** What a new server needs; null when there is nothing left of it. */
  protected readonly steps = computed(() => {
    const seen = this.seen();
    if (!seen?.about) return null;
    const steps = [
      {
        isDone: Boolean(seen.about.url) || seen.about.firewalled_mode,
        text: $localize`Give this server a name and its URL`,
        link: '/admin',
      },
      { isDone: seen.total > 0, text: $localize`Upload a package`, link: '/packages' },
      { isDone: seen.peers.length > 0, text: $localize`Register it with the server of another site`, link: '/network' },
    ];
    return steps.every(({ isDone }) => isDone) ? null : steps;
  });

  constructor() {
    void this.load();
    pollWhileVisible(
      () => this.load(),
      () => REFRESH_MS,
    );
  }

  protected percent = ({ verified_bytes, file_size }: TransferDto): number => (file_size === 0 ? 100 : (100 * verified_bytes) / file_size);

  private async load(): Promise<void> {
    try {
      this.seen.set(await this.look());
    } catch (error) {
      this.fault.set(sentenceOf(error));
    }
  }

  private async look(): Promise<Seen> {
    const isAdmin = this.session.isAdmin();
    const count = async (status?: Status): Promise<number> =>
      (await this.api.invoke(listPackages, { limit: 1, ...(status && { status }) })).total;
    const [about, peers, network, system, transfers, held, audit, total, ...counts] = await Promise.all([
      isAdmin ? this.api.invoke(getAbout, {}) : null,
      this.api.invoke(listRegisteredOds, {}),
      this.api.invoke(getNetwork, {}),
      this.api.invoke(getSystem, {}),
      this.api.invoke(listTransfers, {}),
      isAdmin ? this.api.invoke(listHeldChanges, {}) : null,
      isAdmin ? this.api.invoke(listAudit, { limit: EVENTS_READ }) : null,
      count(),
      ...noted.map(count),
    ]);
    return {
      about,
      peers: peers.items,
      network,
      system,
      transfers: transfers.items,
      held: held?.total ?? 0,
      events: audit?.items ?? [],
      total,
      counts: Object.fromEntries(noted.map((status, index) => [status, counts[index]])),
    };
  }
}
