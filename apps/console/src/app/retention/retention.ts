import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatCheckboxModule } from '@angular/material/checkbox';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import {
  Api,
  applyRetention,
  getRetention,
  getRetentionPlan,
  previewRetention,
  type RetentionDto,
  type RetentionPlanDto,
  setRetention,
} from '#libs/api-client';
import { Confirm } from '../shared/confirm';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { BytesPipe } from '../shared/format';
import { Notices } from '../shared/notices';
import { sentenceOf } from '../shared/problem';
import { When } from '../shared/when';
import { bodyOf, type EditedRule, editedRule, freshRule } from './retention-form';
import { RetentionTable } from './retention-table';

const PREVIEW_DELAY_MS = 400;
const MOST_NAMED = 20;

/** How many versions of a title are kept, and what that removes. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [
    ...[CopyButton, FormsModule, MatButtonModule, MatCheckboxModule, MatFormFieldModule, MatInputModule, MatSelectModule],
    ...[BytesPipe, RetentionTable, When],
  ],
  templateUrl: './retention.html',
  styleUrls: ['../jamf/jamf-rules.scss', './retention.scss'],
})
export class Retention {
  private readonly api = inject(Api);
  private readonly confirm = inject(Confirm);
  private readonly notices = inject(Notices);

  protected readonly stages = ['Dev', 'Test', 'Prod'] as const;
  protected readonly rules = signal<readonly EditedRule[] | null>(null);
  protected readonly automatic = signal(false);
  protected readonly saved = signal<RetentionDto | null>(null);
  protected readonly plan = signal<RetentionPlanDto | null>(null);
  protected readonly isEdited = signal(false);
  protected readonly fault = signal('');
  protected readonly isBusy = signal(false);
  protected readonly body = computed(() => ({ rules: (this.rules() ?? []).map(bodyOf), automatic: this.automatic() }));
  protected readonly curl = computed(() => curlOf(setRetention, { body: this.body() }));
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    void this.attempt(async () => {
      this.show(await this.api.invoke(getRetention, {}));
      this.plan.set(await this.api.invoke(getRetentionPlan, {}));
    });
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

  protected switchAutomatic(automatic: boolean): void {
    this.automatic.set(automatic);
    this.isEdited.set(true);
  }

  protected save(): Promise<void> {
    return this.attempt(async () => {
      this.show(await this.api.invoke(setRetention, { body: this.body() }));
      this.notices.done($localize`Saved.`, { curl: this.curl() });
      this.plan.set(await this.api.invoke(getRetentionPlan, {}));
    });
  }

  protected async apply({ removals, remove }: RetentionPlanDto): Promise<void> {
    const named = remove.slice(0, MOST_NAMED).map(({ filename }) => filename);
    const more = removals - named.length;
    const question = {
      title: removals === 1 ? $localize`Remove 1 package everywhere?` : $localize`Remove ${removals} packages everywhere?`,
      names: more > 0 ? [...named, $localize`and ${more} more`] : named,
      text: $localize`Every server stops serving them. They can be restored for the retention time.`,
      action: $localize`Remove them`,
      isDestructive: true,
      curl: curlOf(applyRetention, { confirm: removals }),
    };
    if (!(await this.confirm.ask(question))) return;
    await this.attempt(async () => {
      const { removed, remaining } = await this.api.invoke(applyRetention, { confirm: removals });
      const rest = remaining === 0 ? '' : $localize` ${remaining} are left: remove them as well.`;
      this.notices.done((removed === 1 ? $localize`1 package was removed.` : $localize`${removed} packages were removed.`) + rest);
    });
    await this.attempt(async () => {
      this.saved.set(await this.api.invoke(getRetention, {}));
      this.plan.set(await this.api.invoke(getRetentionPlan, {}));
    }, this.fault());
  }

  private show(saved: RetentionDto): void {
    this.saved.set(saved);
    this.rules.set(saved.rules.map(editedRule));
    this.automatic.set(saved.automatic);
    this.isEdited.set(false);
  }

  private edit(change: (rules: readonly EditedRule[]) => readonly EditedRule[]): void {
    this.rules.update((rules) => change(rules ?? []));
    this.isEdited.set(true);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.preview(), PREVIEW_DELAY_MS);
  }

  private async preview(): Promise<void> {
    const { rules } = this.body();
    const isCurrent = (): boolean => JSON.stringify(rules) === JSON.stringify(this.body().rules);
    try {
      const plan = await this.api.invoke(previewRetention, { body: { rules } });
      if (!isCurrent()) return;
      this.plan.set(plan);
      this.fault.set('');
    } catch (error) {
      if (isCurrent()) this.fault.set(sentenceOf(error));
    }
  }

  /** One at a time; what goes wrong is shown. `before`: a fault that stays when this goes well. */
  private async attempt(work: () => Promise<void>, before = ''): Promise<void> {
    if (this.isBusy()) return;
    this.isBusy.set(true);
    this.fault.set(before);
    try {
      await work();
    } catch (error) {
      this.fault.set(sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }
}
