import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatMenuModule } from '@angular/material/menu';
import { MatProgressBarModule } from '@angular/material/progress-bar';
import { Router, RouterLink } from '@angular/router';
import {
  Api,
  type AuditEventDto,
  getPackage,
  getTransfer,
  listAudit,
  listPackageServers,
  listTransfers,
  type PackageDetailDto,
  type PackageServersDto,
  type TransferDetailDto,
  updatePackage,
  verifyPackage,
} from '#libs/api-client';
import { EventList } from '../audit/event-list';
import { Session } from '../session/session';
import { Chip } from '../shared/chip';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { BytesPipe, DurationPipe } from '../shared/format';
import { labels } from '../shared/labels';
import { type Loadable, loading, valueOf } from '../shared/loadable';
import { Notices } from '../shared/notices';
import { pollWhileVisible } from '../shared/poll';
import { sentenceOf } from '../shared/problem';
import { When } from '../shared/when';
import { Connection } from '../shell/connection';
import { ChunkMap } from './chunk-map';
import { downloadPath, PackageActions } from './package-actions';
import { Downloads } from './downloads';
import { PackageInspection } from './package-inspection';
import { PackageLink } from './package-link';
import { PackageServers } from './package-servers';
import { PackageVersions } from './package-versions';
import { byName } from './addressing';
import { pendingMeaning, stages, type Stage, statusWords } from './status-words';

const REFRESH_MS = 3_000;
const MOST_EVENTS = 20;

/** One package: what it is, whether it is here, and what can be done with it. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [
    BytesPipe,
    Chip,
    ChunkMap,
    CopyButton,
    DurationPipe,
    EventList,
    FormsModule,
    MatButtonModule,
    MatFormFieldModule,
    MatInputModule,
    MatMenuModule,
    MatProgressBarModule,
    PackageInspection,
    PackageLink,
    PackageServers,
    PackageVersions,
    RouterLink,
    When,
  ],
  templateUrl: './package-page.html',
  styles: `
    .notes {
      width: 100%;
    }
    p {
      margin: 0;
    }
    mat-progress-bar {
      margin: 10px 0 6px;
    }
    ol {
      columns: 3 320px;
      margin: 12px 0 0;
      padding: 0;
      list-style: none;
    }
    summary {
      cursor: pointer;
      font-weight: 600;
    }
  `,
})
export class PackagePage {
  protected readonly labels = labels;
  private readonly api = inject(Api);
  private readonly actions = inject(PackageActions);
  private readonly notices = inject(Notices);
  private readonly router = inject(Router);
  private readonly connection = inject(Connection);

  /** From the address. */
  readonly name = input.required<string>();

  protected readonly stages = stages;
  protected readonly words = statusWords;
  protected readonly pendingMeaning = pendingMeaning;
  private readonly session = inject(Session);
  private readonly isAdmin = this.session.isAdmin;
  protected readonly mayPublish = this.session.mayPublish;
  protected readonly state = signal<Loadable<PackageDetailDto>>(loading);
  /** How it comes here, while it does. */
  protected readonly transfer = signal<TransferDetailDto | null>(null);
  protected readonly places = signal<PackageServersDto | null>(null);
  protected readonly percent = computed(() => {
    const transfer = this.transfer();
    return transfer && transfer.file_size > 0 ? (100 * transfer.verified_bytes) / transfer.file_size : 0;
  });
  protected readonly curl = computed(() => curlOf(getPackage, byName(this.name())));
  protected readonly notes = signal<string | null>(null);
  protected readonly history = signal<readonly AuditEventDto[] | null>(null);
  protected readonly areBlocksOpen = signal(false);
  protected readonly mostBlocks = 500;
  protected readonly isVerifying = signal(false);
  protected readonly downloadPath = downloadPath;
  protected readonly downloads = inject(Downloads);

  constructor() {
    void this.downloads.load();
    effect(() => {
      void this.load(this.name());
      void this.loadHistory(this.name());
    });
    pollWhileVisible(
      () => this.load(this.name()),
      () => REFRESH_MS,
    );
  }

  protected readonly hasNewNotes = computed(() => this.notes() !== null && this.notes() !== (valueOf(this.state())?.notes ?? ''));

  protected async setStage(row: PackageDetailDto, stage: Stage): Promise<void> {
    await this.actions.setStage([row], stage);
    await this.refresh();
  }

  protected async remove(row: PackageDetailDto): Promise<void> {
    if (await this.actions.remove([row])) await this.router.navigateByUrl('/packages');
  }

  protected async saveNotes(): Promise<void> {
    const change = { ...byName(this.name()), body: { notes: this.notes() === '' ? null : this.notes() } };
    const save = async (): Promise<void> => {
      await this.api.invoke(updatePackage, change);
      this.notes.set(null);
    };
    await this.attempt(save, $localize`The notes are saved, on every server.`, curlOf(updatePackage, change));
  }

  protected async refresh(): Promise<void> {
    await Promise.all([this.load(this.name()), this.loadHistory(this.name())]);
  }

  protected async verify(): Promise<void> {
    const params = byName(this.name());
    this.isVerifying.set(true);
    try {
      const { intact } = await this.api.invoke(verifyPackage, params);
      const text = intact
        ? $localize`The content on disk is exactly what was uploaded.`
        : $localize`The content on disk was damaged. It is offline here and is fetched again from another server.`;
      this.notices.done(text, { curl: curlOf(verifyPackage, params) });
    } catch (error) {
      this.notices.failed(error);
    }
    this.isVerifying.set(false);
    await this.load(this.name());
  }

  private async attempt(work: () => Promise<unknown>, done: string, curl: string): Promise<void> {
    await this.notices.attempt(work, done, { curl });
    await this.refresh();
  }

  /** Only administrators may read it. */
  private async loadHistory(subject: string): Promise<void> {
    if (!this.isAdmin()) return;
    await this.notices.attempt(async () => this.history.set((await this.api.invoke(listAudit, { subject, limit: MOST_EVENTS })).items));
  }

  private async transferOf(uuid: string): Promise<TransferDetailDto | null> {
    const [found] = (await this.api.invoke(listTransfers, { uuid })).items;
    return found && found.state !== 'done' ? this.api.invoke(getTransfer, { id: found.id }) : null;
  }

  private async load(name: string): Promise<void> {
    try {
      const value = await this.api.invoke(getPackage, byName(name));
      const isHere = value.status === 'Public' && !value.replacement_pending;
      this.transfer.set(isHere ? null : await this.transferOf(value.uuid));
      this.places.set(await this.api.invoke(listPackageServers, byName(name)));
      this.state.set({ status: 'ready', value });
    } catch (error) {
      // What is shown, and what was typed into it, stays while the server is away.
      if (this.state().status === 'ready' && this.connection.isLost()) return;
      this.state.set({ status: 'failed', message: sentenceOf(error) });
    }
  }
}
