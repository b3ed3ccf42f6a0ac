import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { RouterLink } from '@angular/router';
import { firstValueFrom } from 'rxjs';
import { acceptAuthorKey, acceptRefusedWrite, type AuthorDto, type AuthorKeyDto, type RefusedWriteDto } from '#libs/api-client';
import { Session } from '../session/session';
import { Chip } from '../shared/chip';
import { Confirm } from '../shared/confirm';
import { curlOf } from '../shared/curl';
import { EntryLink } from '../shared/entry-link';
import { labels } from '../shared/labels';
import { Notices } from '../shared/notices';
import { pollWhileVisible } from '../shared/poll';
import { When } from '../shared/when';
import { RightsDialog } from './rights-dialog';
import { presetWords, rightsInWords } from './rights-words';
import { TrustStore } from './trust-store';

const REFRESH_MS = 5_000;

/** What each other server may do with packages here, and the changes that were refused. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Chip, EntryLink, MatButtonModule, RouterLink, When],
  templateUrl: './trust.html',
  styles: `
    p {
      margin: 0;
    }
    .title {
      padding: 16px 20px 4px;
    }
    .lead {
      padding: 0 20px 14px;
    }
    .main {
      min-width: 160px;
    }
    td {
      overflow-wrap: anywhere;
    }
  `,
})
export class Trust {
  private readonly store = inject(TrustStore);
  private readonly confirm = inject(Confirm);
  private readonly notices = inject(Notices);
  private readonly dialog = inject(MatDialog);

  protected readonly labels = labels;
  protected readonly isAdmin = inject(Session).isAdmin;
  protected readonly state = this.store.state;
  protected readonly presetWords = presetWords;
  protected readonly rightsInWords = rightsInWords;

  constructor() {
    void this.store.load();
    pollWhileVisible(
      () => this.store.load(),
      () => REFRESH_MS,
    );
  }

  protected nameOf = ({ name, iss }: AuthorDto): string => name ?? iss;
  protected conflicts = ({ keys }: AuthorDto): readonly AuthorKeyDto[] => keys.filter(({ state }) => state === 'conflict');

  /** Of a refused write: the server that made it. */
  protected authorOf({ author_iss, peer_name }: RefusedWriteDto, authors: readonly AuthorDto[]): string {
    const author = authors.find(({ iss }) => iss === author_iss);
    return author ? this.nameOf(author) : (author_iss ?? peer_name);
  }

  /** The server's sentence, with the author's name in place of its identity. */
  protected reasonOf(write: RefusedWriteDto, authors: readonly AuthorDto[]): string {
    return write.author_iss === null ? write.reason : write.reason.replace(write.author_iss, this.authorOf(write, authors));
  }

  protected async edit(author: AuthorDto): Promise<void> {
    const ref = this.dialog.open<RightsDialog, AuthorDto, boolean>(RightsDialog, { data: author, width: '520px' });
    if (await firstValueFrom(ref.afterClosed())) this.notices.done($localize`The rights of ${this.nameOf(author)} count from now on.`);
  }

  protected async acceptKey(author: AuthorDto, { id, key_id }: AuthorKeyDto): Promise<void> {
    const params = { iss: author.iss, id };
    const question = {
      title: $localize`Accept another key of ${this.nameOf(author)}?`,
      text: $localize`Compare it with the administrator of that server first. Changes that are signed with the key ${key_id.slice(0, 16)}… count as its own from then on.`,
      action: $localize`Accept the key`,
      curl: curlOf(acceptAuthorKey, params),
    };
    if (!(await this.confirm.ask(question))) return;
    await this.notices.attempt(() => this.store.acceptKey(author.iss, id), $localize`The key is accepted.`);
  }

  protected async accept({ id, filename, reason }: RefusedWriteDto): Promise<void> {
    const question = {
      title: $localize`Accept this change of ${filename}?`,
      text: $localize`${reason} It is carried out here and sent to other servers.`,
      action: $localize`Accept the change`,
      curl: curlOf(acceptRefusedWrite, { id }),
    };
    if (!(await this.confirm.ask(question))) return;
    await this.notices.attempt(() => this.store.acceptWrite(id), $localize`The change of ${filename} is accepted.`);
  }
}
