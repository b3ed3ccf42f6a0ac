import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { Api, inspectPackage, inspectPackageAgain, type InspectionDto } from '#libs/api-client';
import { Session } from '../session/session';
import { Chip } from '../shared/chip';
import { curlOf } from '../shared/curl';
import { BytesPipe } from '../shared/format';
import { Notices } from '../shared/notices';
import { pollWhileVisible } from '../shared/poll';
import { codeOf } from '../shared/problem';
import { byName } from './addressing';
import { imageWords, kindWords, relatedWords, signatureWords, stateWords } from './inspection-words';

const REFRESH_MS = 5_000;

/** What this server read in a package: which title and version it is, and who signed it. */
@Component({
  selector: 'ods-package-inspection',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [BytesPipe, Chip, MatButtonModule, RouterLink],
  templateUrl: './package-inspection.html',
  styles: `
    h2,
    p {
      margin: 0 0 12px;
    }
    h3 {
      margin: 14px 0 4px;
      font-size: inherit;
    }
    ul {
      margin: 0;
      padding-left: 20px;
    }
    .change,
    details,
    details + button,
    ul + button {
      margin-top: 14px;
    }
    summary {
      cursor: pointer;
    }
  `,
})
export class PackageInspection {
  private readonly api = inject(Api);
  private readonly notices = inject(Notices);

  readonly filename = input.required<string>();
  /** Of the content in force: another one is inspected anew. */
  readonly uuid = input.required<string>();

  protected readonly mayPublish = inject(Session).mayPublish;
  protected readonly kinds = kindWords;
  protected readonly imageWords = imageWords;
  protected readonly relatedWords = relatedWords;
  protected readonly inspection = signal<InspectionDto | null>(null);
  protected readonly details = computed(() => this.inspection()?.details ?? null);
  protected readonly signer = computed(() => signatureWords(this.details()!.signature));
  protected readonly why = computed(() => {
    const state = this.inspection()?.state ?? 'waiting';
    return state === 'done' ? '' : stateWords[state];
  });

  constructor() {
    effect(() => {
      this.uuid();
      void this.load(this.filename());
    });
    pollWhileVisible(
      () => (this.inspection()?.state === 'waiting' ? this.load(this.filename()) : Promise.resolve()),
      () => REFRESH_MS,
    );
  }

  protected async again(): Promise<void> {
    const params = byName(this.filename());
    await this.notices.attempt(
      async () => this.inspection.set(await this.api.invoke(inspectPackageAgain, params)),
      $localize`It is inspected again, usually within a minute.`,
      { curl: curlOf(inspectPackageAgain, params) },
    );
  }

  private async load(filename: string): Promise<void> {
    try {
      this.inspection.set(await this.api.invoke(inspectPackage, byName(filename)));
    } catch (error) {
      if (codeOf(error) === 'package-not-found')
        this.inspection.set(null); // the page says so
      else if (this.inspection() === null) this.notices.failed(error); // otherwise what is shown stays
    }
  }
}
