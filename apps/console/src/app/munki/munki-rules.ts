import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatCheckboxModule } from '@angular/material/checkbox';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { Api, getMunkiPromotion, type PromotionDto, type PromotionRuleDto, setMunkiPromotion } from '#libs/api-client';
import { Session } from '../session/session';
import { type Loadable, loading } from '../shared/loadable';
import { Notices } from '../shared/notices';
import { sentenceOf } from '../shared/problem';
import { When } from '../shared/when';

/** A rule while it is edited. */
interface EditedRule {
  readonly from: string;
  readonly to: string;
  readonly days: number;
  readonly keeps: boolean;
  /** Names, separated by commas. */
  readonly except: string;
}

const editedRule = ({ from, to, after_days: days, keep_from: keeps = false, except = [] }: PromotionRuleDto): EditedRule => ({
  ...{ from, to, days, keeps, except: except.join(', ') },
});

const bodyOf = ({ from, to, days, keeps, except }: EditedRule): PromotionRuleDto => ({
  ...{ from: from.trim(), to: to.trim(), after_days: days, keep_from: keeps },
  except: except
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== ''),
});

function sentenceOfRule({ from, to, after_days: days, keep_from: keeps, except = [] }: PromotionRuleDto): string {
  const sentence = promotionOf({ from, to, days, names: except.join(', ') });
  return keeps ? $localize`${sentence} Items stay in ${from}, too.` : sentence;
}

function promotionOf({ from, to, days, names }: { from: string; to: string; days: number; names: string }): string {
  const wait = days === 1 ? $localize`1 day` : $localize`${days} days`;
  if (names === '') return $localize`From ${from} to ${to}, ${wait} after the last change of an item.`;
  return $localize`From ${from} to ${to}, ${wait} after the last change of an item, except ${names}.`;
}

const MOST_SHOWN = 10;

/** Rules by which this server promotes items, and what they do next. */
@Component({
  selector: 'ods-munki-rules',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [FormsModule, MatButtonModule, MatCheckboxModule, MatFormFieldModule, MatInputModule, When],
  templateUrl: './munki-rules.html',
  styles: `
    h2,
    p {
      margin: 0;
    }
    .bar {
      padding: 12px 20px;
    }
    ol {
      display: grid;
      gap: 12px;
      margin: 0;
      padding: 0;
      list-style: none;
    }
    form {
      display: grid;
      gap: 16px;
    }
    .fields-row {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(180px, 1fr));
      gap: 12px;
    }
  `,
})
export class MunkiRules {
  private readonly api = inject(Api);
  private readonly notices = inject(Notices);

  /** Names of the catalogs that there are. */
  readonly catalogs = input.required<readonly string[]>();

  protected readonly mayEdit = inject(Session).isAdmin;
  protected readonly shown = signal<Loadable<PromotionDto>>(loading);
  /** While they are edited. */
  protected readonly rules = signal<readonly EditedRule[] | null>(null);
  protected readonly sentence = sentenceOfRule;
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  protected readonly next = computed(() => {
    const now = this.shown();
    return now.status === 'ready' ? now.value.planned.slice(0, MOST_SHOWN) : [];
  });

  constructor() {
    effect(() => {
      this.catalogs(); // items come and go with them
      void this.load();
    });
  }

  protected edit({ rules }: PromotionDto): void {
    this.rules.set(rules.length === 0 ? [{ from: 'testing', to: 'production', days: 7, keeps: false, except: '' }] : rules.map(editedRule));
  }

  protected label = (at: number): string => $localize`Rule ${at + 1}`;

  protected add(): void {
    this.rules.update((rules) => [...(rules ?? []), { from: '', to: '', days: 7, keeps: false, except: '' }]);
  }

  protected change(at: number, change: Partial<EditedRule>): void {
    this.rules.update((rules) => (rules ?? []).map((rule, index) => (index === at ? { ...rule, ...change } : rule)));
  }

  protected remove(at: number): void {
    this.rules.update((rules) => (rules ?? []).filter((_, index) => index !== at));
  }

  protected cancel(): void {
    this.rules.set(null);
    this.fault.set('');
  }

  protected async save(): Promise<void> {
    this.isBusy.set(true);
    this.fault.set('');
    try {
      const value = await this.api.invoke(setMunkiPromotion, { body: { rules: (this.rules() ?? []).map(bodyOf) } });
      this.shown.set({ status: 'ready', value });
      this.rules.set(null);
      this.notices.done($localize`Saved the rules for promotion.`);
    } catch (error) {
      this.fault.set(sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }

  private async load(): Promise<void> {
    try {
      this.shown.set({ status: 'ready', value: await this.api.invoke(getMunkiPromotion, {}) });
    } catch (error) {
      if (this.shown().status !== 'ready') this.shown.set({ status: 'failed', message: sentenceOf(error) });
    }
  }
}
