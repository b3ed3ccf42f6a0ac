import { ChangeDetectionStrategy, Component, computed, effect, inject, output, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { ActivatedRoute } from '@angular/router';
import { firstValueFrom } from 'rxjs';
import { Api, deleteMunkiFile, type ListMunkiFiles$Params, listMunkiFiles, type MunkiFileDto, type MunkiFilesDto } from '#libs/api-client';
import { Session } from '../session/session';
import { Chip } from '../shared/chip';
import { Confirm } from '../shared/confirm';
import { curlOf } from '../shared/curl';
import { bytes } from '../shared/format';
import { type Loadable, loading } from '../shared/loadable';
import { Notices } from '../shared/notices';
import { Pages } from '../shared/pages';
import { sentenceOf } from '../shared/problem';
import { statusWords } from '../packages/status-words';
import { type EditedFile, MunkiEditor } from './munki-editor';
import { MunkiVersions } from './munki-versions';

const PAGE_SIZE = 50;
const SEARCH_DELAY_MS = 250;
/** Larger ones are not edited by hand. */
const MOST_EDITED_BYTES = 256 * 1_024;

type Folder = NonNullable<ListMunkiFiles$Params['kind']>;

/** Files of the Munki repository; manifests and pkginfo files can be edited. */
@Component({
  selector: 'ods-munki-files',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Chip, FormsModule, MatButtonModule, MatFormFieldModule, MatInputModule, MatSelectModule],
  templateUrl: './munki-files.html',
  styles: `
    h2,
    p {
      margin: 0;
    }
    td.main {
      overflow-wrap: anywhere;
    }
    .bar {
      padding: 12px 20px;
    }
  `,
})
export class MunkiFiles {
  private readonly api = inject(Api);
  private readonly confirm = inject(Confirm);
  private readonly notices = inject(Notices);
  private readonly dialog = inject(MatDialog);
  private readonly session = inject(Session);

  /** A file was stored or deleted. */
  readonly changed = output();

  protected readonly bytes = bytes;
  protected readonly statusWords = statusWords;
  protected readonly kinds: readonly Folder[] = ['manifests', 'pkgsinfo', 'pkgs', 'icons', 'client_resources'];
  protected readonly shown = signal<Loadable<MunkiFilesDto>>(loading);
  protected readonly pages = new Pages();
  /** `?q=` as links of other pages have it. */
  protected readonly text = signal(inject(ActivatedRoute).snapshot.queryParamMap.get('q') ?? '');
  protected readonly kind = signal<Folder | ''>('');
  protected readonly areDeleted = signal(false);
  protected readonly mayPublish = this.session.mayPublish;
  private readonly params = computed(() => {
    const [q, kind, cursor] = [this.text(), this.kind(), this.pages.cursor()];
    const deleted = this.areDeleted();
    return {
      limit: PAGE_SIZE,
      ...(deleted && { deleted }),
      ...(q && { q }),
      ...(kind && { kind }),
      ...(cursor !== undefined && { cursor }),
    };
  });
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    effect(() => {
      this.params();
      void this.load();
    });
  }

  protected search(text: string): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.pages.restart();
      this.text.set(text.trim());
    }, SEARCH_DELAY_MS);
  }

  protected filter(kind: Folder | ''): void {
    this.pages.restart();
    this.kind.set(kind);
  }

  protected showDeleted(areDeleted: boolean): void {
    this.pages.restart();
    this.areDeleted.set(areDeleted);
  }

  protected isText({ path, size, status }: MunkiFileDto): boolean {
    return /^(?:manifests|pkgsinfo)\//.test(path) && size <= MOST_EDITED_BYTES && status === 'Public';
  }

  protected add(): Promise<void> {
    return this.edit(null);
  }

  protected open({ path, sha256 }: MunkiFileDto): Promise<void> {
    return this.edit({ path, sha256 });
  }

  protected async remove({ path }: MunkiFileDto): Promise<void> {
    const params = { path };
    const [title, action] = [$localize`Delete this file on every server?`, $localize`Delete`];
    const text = $localize`Items that need it leave the catalogs at once.`;
    const curl = curlOf(deleteMunkiFile, params);
    if (!(await this.confirm.ask({ title, text, action, names: [path], isDestructive: true, curl }))) return;
    await this.notices.attempt(() => this.api.invoke(deleteMunkiFile, params), $localize`Deleted ${path}.`);
    await this.reload();
  }

  protected async versions({ path }: MunkiFileDto): Promise<void> {
    const opened = this.dialog.open<MunkiVersions, string, boolean>(MunkiVersions, { data: path, width: '640px', maxWidth: '96vw' });
    if (await firstValueFrom(opened.afterClosed())) await this.reload();
  }

  private async edit(file: EditedFile | null): Promise<void> {
    const opened = this.dialog.open<MunkiEditor, EditedFile | null, boolean>(MunkiEditor, { data: file, width: '860px', maxWidth: '96vw' });
    if (await firstValueFrom(opened.afterClosed())) await this.reload();
  }

  private async reload(): Promise<void> {
    await this.load();
    this.changed.emit();
  }

  private async load(): Promise<void> {
    const params = this.params();
    try {
      const list = await this.api.invoke(listMunkiFiles, params);
      if (params === this.params()) this.shown.set({ status: 'ready', value: list });
    } catch (error) {
      if (params === this.params()) this.shown.set({ status: 'failed', message: sentenceOf(error) });
    }
  }
}
