import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatCheckboxModule } from '@angular/material/checkbox';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatRadioModule } from '@angular/material/radio';
import { MatSlideToggleModule } from '@angular/material/slide-toggle';
import { Api, type EmailDto, type EventTypeDto, getEmail, listEventTypes, setEmail, testEmail } from '#libs/api-client';
import { Chip, type ChipTone } from '../shared/chip';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { type Loadable, loading, valueOf } from '../shared/loadable';
import { Notices } from '../shared/notices';
import { pollWhileVisible } from '../shared/poll';
import { sentenceOf } from '../shared/problem';
import { When } from '../shared/when';
import { EventChooser } from '../webhooks/event-chooser';
import { EmailForm } from './email-form';

const REFRESH_MS = 10_000;

interface Loaded {
  readonly saved: EmailDto;
  readonly types: readonly EventTypeDto[];
}

function standOf({ enabled, host, last_error }: EmailDto): readonly [ChipTone, string] {
  if (host === '') return ['plain', $localize`Not set up`];
  if (!enabled) return ['plain', $localize`Off`];
  return last_error === null ? ['good', $localize`On`] : ['bad', $localize`Needs a look`];
}

/** Who receives events by e-mail, and through which mail server. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [
    ...[Chip, CopyButton, EventChooser, FormsModule, MatButtonModule, MatCheckboxModule, MatFormFieldModule, MatInputModule],
    ...[MatRadioModule, MatSlideToggleModule, When],
  ],
  templateUrl: './notifications.html',
  styleUrl: './notifications.scss',
})
export class Notifications {
  private readonly api = inject(Api);
  private readonly notices = inject(Notices);

  protected readonly form = new EmailForm();
  protected readonly state = signal<Loadable<Loaded>>(loading);
  protected readonly saved = computed(() => valueOf(this.state())?.saved ?? null);
  protected readonly stand = computed(() => standOf(this.saved()!));
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  /** What became of the test. */
  protected readonly tested = signal('');
  protected readonly curl = computed(() => curlOf(setEmail, { body: this.form.body() }));
  protected readonly testCurl = curlOf(testEmail, {});

  constructor() {
    void this.load();
    pollWhileVisible(
      () => this.refresh(),
      () => REFRESH_MS,
    );
  }

  protected async save(): Promise<boolean> {
    return this.attempt(async () => {
      const params = { body: this.form.body() };
      this.show(await this.api.invoke(setEmail, params));
      this.form.password.set('');
      this.notices.done($localize`Saved.`, { curl: this.curl() });
    });
  }

  /** What is typed is saved first: a test of something else would mislead. */
  protected async test(): Promise<void> {
    if (!(await this.save())) return;
    await this.attempt(async () => {
      const { accepted, refused } = await this.api.invoke(testEmail, {});
      const others = refused.length === 0 ? '' : $localize` It refused ${refused.join(', ')}.`;
      this.tested.set($localize`The mail server took a message for ${accepted.join(', ')}.` + others);
    });
    await this.refresh();
  }

  private async attempt(work: () => Promise<void>): Promise<boolean> {
    if (this.isBusy()) return false;
    this.isBusy.set(true);
    this.fault.set('');
    this.tested.set('');
    try {
      await work();
      return true;
    } catch (error) {
      this.fault.set(sentenceOf(error));
      return false;
    } finally {
      this.isBusy.set(false);
    }
  }

  private async load(): Promise<void> {
    try {
      const [saved, { items }] = await Promise.all([this.api.invoke(getEmail, {}), this.api.invoke(listEventTypes, {})]);
      this.form.fill(saved, items);
      this.state.set({ status: 'ready', value: { saved, types: items } });
    } catch (error) {
      this.state.set({ status: 'failed', message: sentenceOf(error) });
    }
  }

  /** How sending goes; what is being typed stays. */
  private async refresh(): Promise<void> {
    if (this.state().status !== 'ready') return this.load();
    try {
      this.show(await this.api.invoke(getEmail, {}));
    } catch {
      // Asked again soon; the shell says when the server is away.
    }
  }

  private show(saved: EmailDto): void {
    const before = valueOf(this.state());
    if (before) this.state.set({ status: 'ready', value: { ...before, saved } });
  }
}
