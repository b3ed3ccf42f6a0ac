import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatRadioModule } from '@angular/material/radio';
import {
  Api,
  getJamfConnection,
  type JamfConnectionDto,
  type JamfTestStepDto,
  removeJamfConnection,
  setJamfConnection,
  testJamfConnection,
} from '#libs/api-client';
import { Chip, type ChipTone } from '../shared/chip';
import { Confirm } from '../shared/confirm';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { type Loadable, loading } from '../shared/loadable';
import { Notices } from '../shared/notices';
import { sentenceOf } from '../shared/problem';
import { When } from '../shared/when';
import { JamfConnected } from './jamf-connected';
import { JamfForm } from './jamf-form';
import { JamfPrivileges } from './jamf-privileges';
import { JamfTabs } from './jamf-tabs';

const stepWords: Readonly<Record<JamfTestStepDto['name'], string>> = {
  reach: $localize`Reachable`,
  sign_in: $localize`Sign-in`,
  version: $localize`Version`,
  packages: $localize`Package records`,
  categories: $localize`Categories`,
  distribution_points: $localize`Distribution points`,
  network_segments: $localize`Network segments`,
};

/** What is known of the connection, in one word. Without a contact nothing is known. */
export function standOf({ is_set_up: isSetUp, last_error: error, last_ok_ts: at }: JamfConnectionDto): readonly [ChipTone, string] {
  if (!isSetUp) return ['plain', $localize`Not set up`];
  if (error !== null) return ['bad', $localize`Needs a look`];
  return at === null ? ['plain', $localize`Saved, not tried yet`] : ['good', $localize`Answered`];
}

/** What a step that failed means: one that nothing needs is no fault. */
export const toneOf = ({ ok, needed }: JamfTestStepDto): ChipTone => (ok ? 'good' : needed ? 'bad' : 'warn');

/** The connection to Jamf Pro. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [
    ...[Chip, CopyButton, FormsModule, JamfConnected, JamfPrivileges, JamfTabs, MatButtonModule, MatFormFieldModule],
    ...[MatInputModule, MatRadioModule, When],
  ],
  templateUrl: './jamf.html',
  styleUrl: '../notifications/notifications.scss',
})
export class Jamf {
  private readonly api = inject(Api);
  private readonly confirm = inject(Confirm);
  private readonly notices = inject(Notices);

  protected readonly form = new JamfForm();
  protected readonly state = signal<Loadable<JamfConnectionDto>>(loading);
  protected readonly stepWords = stepWords;
  protected readonly standOf = standOf;
  protected readonly toneOf = toneOf;
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  /** What became of the last test; null before one. */
  protected readonly steps = signal<readonly JamfTestStepDto[] | null>(null);
  protected readonly curl = computed(() => curlOf(setJamfConnection, { body: this.form.body() }));

  constructor() {
    void this.load();
  }

  protected save(): Promise<void> {
    return this.attempt(async () => {
      const params = { body: this.form.body() };
      this.show(await this.api.invoke(setJamfConnection, params));
      this.notices.done($localize`Saved.`, { curl: this.curl() });
    });
  }

  /** What is typed, before it is saved. */
  protected test(): Promise<void> {
    return this.attempt(async () => {
      const { steps } = await this.api.invoke(testJamfConnection, { body: this.form.body() });
      this.steps.set(steps);
      this.state.set({ status: 'ready', value: await this.api.invoke(getJamfConnection, {}) }); // what is typed stays
    });
  }

  protected async remove(): Promise<void> {
    const question = {
      title: $localize`Forget the connection to Jamf Pro?`,
      text: $localize`This server forgets the address, the secret and what it knows of package records. Nothing changes in Jamf Pro.`,
      action: $localize`Forget`,
      curl: curlOf(removeJamfConnection, {}),
    };
    if (!(await this.confirm.ask(question))) return;
    await this.attempt(async () => {
      await this.api.invoke(removeJamfConnection, {});
      this.steps.set(null);
      await this.load();
    });
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    if (this.isBusy()) return;
    this.isBusy.set(true);
    this.fault.set('');
    try {
      await work();
    } catch (error) {
      this.fault.set(sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }

  private async load(): Promise<void> {
    try {
      this.show(await this.api.invoke(getJamfConnection, {}));
    } catch (error) {
      this.state.set({ status: 'failed', message: sentenceOf(error) });
    }
  }

  private show(saved: JamfConnectionDto): void {
    this.form.fill(saved);
    this.state.set({ status: 'ready', value: saved });
  }
}
