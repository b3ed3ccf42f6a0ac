import { ChangeDetectionStrategy, Component, computed, effect, inject, input, output, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { Api, listPackageVersions, type PackageVersionDto, type PackageVersionListDto, restorePackage } from '#libs/api-client';
import { Session } from '../session/session';
import { Confirm } from '../shared/confirm';
import { curlOf } from '../shared/curl';
import { bytes, BytesPipe, dayAndTime } from '../shared/format';
import { Notices } from '../shared/notices';
import { codeOf } from '../shared/problem';
import { When } from '../shared/when';
import { byName } from './addressing';
import { reasonWords } from './version-words';

/** The contents that a name had, each of which can be restored. Also for deleted packages. */
@Component({
  selector: 'ods-package-versions',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [BytesPipe, MatButtonModule, When],
  templateUrl: './package-versions.html',
  styles: `
    h2,
    .lead {
      margin: 0;
      padding: 16px 20px 0;
    }
    .lead {
      padding: 4px 20px 16px;
    }
  `,
})
export class PackageVersions {
  private readonly api = inject(Api);
  private readonly confirm = inject(Confirm);
  private readonly notices = inject(Notices);

  readonly filename = input.required<string>();
  /** Changes when the package changes: what is in force now was not a version before. */
  readonly uuid = input<string>();
  readonly restored = output();

  protected readonly mayPublish = inject(Session).mayPublish;
  protected readonly reasons = reasonWords;
  /** Null until it is known, and when no package ever had the name. */
  protected readonly list = signal<PackageVersionListDto | null>(null);
  protected readonly versions = computed(() => this.list()?.items ?? []);

  constructor() {
    effect(() => {
      this.uuid();
      void this.load(this.filename());
    });
  }

  protected label = (version: PackageVersionDto): string => $localize`Restore the version of ${dayAndTime(version.created_ts)}`;

  protected async restore(version: PackageVersionDto): Promise<void> {
    const params = { ...byName(this.filename()), uuid: version.uuid };
    const where = version.here
      ? $localize`Its content is on this server.`
      : $localize`Its content is not on this server; it is fetched from a server that has it.`;
    const question = {
      title: $localize`Restore the version of ${dayAndTime(version.created_ts)}?`,
      text: $localize`Every server gets these ${bytes(version.file_size)} under the name ${this.filename()} again. ${where}`,
      action: $localize`Restore`,
      curl: curlOf(restorePackage, params),
    };
    if (!(await this.confirm.ask(question))) return;
    const done = $localize`The earlier version is restored, on every server.`;
    if (await this.notices.attempt(() => this.api.invoke(restorePackage, params), done)) this.restored.emit();
    await this.load(this.filename());
  }

  private async load(filename: string): Promise<void> {
    try {
      this.list.set(await this.api.invoke(listPackageVersions, byName(filename)));
    } catch (error) {
      this.list.set(null);
      if (codeOf(error) !== 'package-not-found') this.notices.failed(error);
    }
  }
}
