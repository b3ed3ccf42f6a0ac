import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatAutocompleteModule } from '@angular/material/autocomplete';
import { MatButtonModule } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import {
  Api,
  type JamfRulesPreviewDto,
  listJamfCategories,
  listJamfRules,
  previewJamfRules,
  setJamfRules,
  type SetJamfRulesDto,
} from '#libs/api-client';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { Notices } from '../shared/notices';
import { sentenceOf } from '../shared/problem';
import { JamfTabs } from './jamf-tabs';
import { bodyOf, type EditedRule, editedRule, freshRule } from './jamf-rule-form';

const PREVIEW_DELAY_MS = 400;

/** Which packages have a record in Jamf Pro. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [
    ...[CopyButton, FormsModule, JamfTabs, MatAutocompleteModule, MatButtonModule, MatFormFieldModule, MatInputModule, MatSelectModule],
  ],
  templateUrl: './jamf-rules.html',
  styleUrl: './jamf-rules.scss',
})
export class JamfRules {
  private readonly api = inject(Api);
  private readonly notices = inject(Notices);

  protected readonly stages = ['Dev', 'Test', 'Prod'] as const;
  protected readonly rules = signal<readonly EditedRule[] | null>(null);
  protected readonly preview = signal<JamfRulesPreviewDto | null>(null);
  protected readonly categories = signal<readonly string[]>([]);
  protected readonly fault = signal('');
  protected readonly isBusy = signal(false);
  protected readonly body = computed((): SetJamfRulesDto => ({ items: (this.rules() ?? []).map(bodyOf) }));
  protected readonly curl = computed(() => curlOf(setJamfRules, { body: this.body() }));
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    void this.load();
  }

  protected change(at: number, change: Partial<EditedRule>): void {
    this.edit((rules) => rules.map((rule, index) => (index === at ? { ...rule, ...change } : rule)));
  }

  protected add(): void {
    this.edit((rules) => [...rules, freshRule()]);
  }

  protected remove(at: number): void {
    this.edit((rules) => rules.filter((_, index) => index !== at));
  }

  protected moveUp(at: number): void {
    this.edit((rules) => [...rules.slice(0, at - 1), rules[at]!, rules[at - 1]!, ...rules.slice(at + 1)]);
  }

  protected async save(): Promise<void> {
    if (this.isBusy()) return;
    this.isBusy.set(true);
    this.fault.set('');
    try {
      const { preview } = await this.api.invoke(setJamfRules, { body: this.body() });
      this.preview.set(preview);
      this.notices.done($localize`Saved. Packages are compared again.`, { curl: this.curl() });
    } catch (error) {
      this.fault.set(sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }

  private edit(change: (rules: readonly EditedRule[]) => readonly EditedRule[]): void {
    this.rules.update((rules) => change(rules ?? []));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), PREVIEW_DELAY_MS);
  }

  private async look(): Promise<void> {
    const body = this.body();
    try {
      const preview = await this.api.invoke(previewJamfRules, { body });
      if (body !== this.body()) return;
      this.preview.set(preview);
      this.fault.set('');
    } catch (error) {
      if (body === this.body()) this.fault.set(sentenceOf(error));
    }
  }

  private async load(): Promise<void> {
    try {
      const { items, preview } = await this.api.invoke(listJamfRules, {});
      this.rules.set(items.map(editedRule));
      this.preview.set(preview);
    } catch (error) {
      this.fault.set(sentenceOf(error));
      return;
    }
    try {
      this.categories.set((await this.api.invoke(listJamfCategories, {})).items.map(({ name }) => name));
    } catch {
      // They are only offered; a name can be typed when Jamf Pro cannot be asked, and the comparison says when it has none of that name.
    }
  }
}
