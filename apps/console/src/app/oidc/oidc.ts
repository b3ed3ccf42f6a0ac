import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { MatSlideToggleModule } from '@angular/material/slide-toggle';
import { Api, getOidcSettings, type OidcSettingsDto, type OidcTestedDto, setOidcSettings, testOidcSettings } from '#libs/api-client';
import { roles } from '../people/roles';
import { Chip } from '../shared/chip';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { type Loadable, loading } from '../shared/loadable';
import { Notices } from '../shared/notices';
import { sentenceOf } from '../shared/problem';
import { OidcForm } from './oidc-form';

/** How people sign in with the accounts of their company. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [...[Chip, CopyButton, FormsModule, MatButtonModule, MatFormFieldModule, MatInputModule, MatSelectModule, MatSlideToggleModule]],
  templateUrl: './oidc.html',
  styleUrls: ['../notifications/notifications.scss', './oidc.scss'],
})
export class Oidc {
  private readonly api = inject(Api);
  private readonly notices = inject(Notices);

  protected readonly form = new OidcForm();
  protected readonly roles = roles;
  protected readonly state = signal<Loadable<OidcSettingsDto>>(loading);
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  /** What became of the last test; null before one. */
  protected readonly tested = signal<OidcTestedDto | null>(null);
  protected readonly curl = computed(() => curlOf(setOidcSettings, { body: this.form.body() }));
  protected readonly removeGroupLabel = (group: string): string => $localize`Remove group ${group}`;

  constructor() {
    void this.load();
  }

  protected save(): Promise<void> {
    return this.attempt(async () => {
      this.show(await this.api.invoke(setOidcSettings, { body: this.form.body() }));
      this.notices.done($localize`Saved.`, { curl: this.curl() });
    });
  }

  /** What is typed, before it is saved. */
  protected test(): Promise<void> {
    this.tested.set(null);
    return this.attempt(async () => this.tested.set(await this.api.invoke(testOidcSettings, { body: this.form.body() })));
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
      this.show(await this.api.invoke(getOidcSettings, {}));
    } catch (error) {
      this.state.set({ status: 'failed', message: sentenceOf(error) });
    }
  }

  private show(saved: OidcSettingsDto): void {
    this.form.fill(saved);
    this.state.set({ status: 'ready', value: saved });
  }
}
