import { ChangeDetectionStrategy, Component, effect, inject, input, output, signal, untracked } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatCheckboxModule } from '@angular/material/checkbox';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatRadioModule } from '@angular/material/radio';
import { MatSelectModule } from '@angular/material/select';
import { Api, type JamfSettingsDto, type SetJamfSettingsDto, setJamfSettings } from '#libs/api-client';
import { Confirm } from '../shared/confirm';
import { curlOf } from '../shared/curl';
import { Notices } from '../shared/notices';
import { codeOf, sentenceOf } from '../shared/problem';

/** How package records are kept. */
@Component({
  selector: 'ods-jamf-settings-form',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [FormsModule, MatButtonModule, MatCheckboxModule, MatFormFieldModule, MatInputModule, MatRadioModule, MatSelectModule],
  template: `
    <form class="row" (ngSubmit)="save()" aria-label="Settings of package records" i18n-aria-label>
      <mat-radio-group name="mode" aria-label="What is done" i18n-aria-label [(ngModel)]="mode">
        <mat-radio-button value="watch" i18n>Only compare</mat-radio-button>
        <mat-radio-button value="write" i18n>Keep in step</mat-radio-button>
      </mat-radio-group>
      <mat-form-field appearance="outline" class="plain">
        <mat-label i18n>Hash</mat-label>
        <mat-select name="hash" [(ngModel)]="hashType">
          <mat-option value="SHA_512">SHA-512</mat-option>
          <mat-option value="MD5">MD5</mat-option>
          <mat-option value="SHA3_512">SHA3-512</mat-option>
        </mat-select>
      </mat-form-field>
      <mat-form-field appearance="outline" class="plain gate">
        <mat-label i18n>Write when the content is on</mat-label>
        <mat-select name="gate" [(ngModel)]="gate">
          <mat-option value="here" i18n>this server</mat-option>
          <mat-option value="all_servers" i18n>every server that admits it</mat-option>
        </mat-select>
      </mat-form-field>
      <mat-checkbox name="create" [(ngModel)]="createMissing" i18n>Make missing records</mat-checkbox>
      <mat-checkbox name="points" [(ngModel)]="managePoints" i18n>Distribution points too</mat-checkbox>
      <mat-form-field appearance="outline" class="plain priority">
        <mat-label i18n>Priority</mat-label>
        <input matInput name="priority" type="number" min="0" max="1000" required [(ngModel)]="priority" />
      </mat-form-field>
      <button matButton="filled" type="submit" [disabled]="isBusy()" i18n>Save</button>
    </form>
    <p class="error" role="alert">{{ fault() }}</p>
  `,
  styles: `
    form {
      gap: 8px 16px;
      margin-top: 12px;
    }
    .gate {
      min-width: 280px;
    }
    .priority {
      width: 120px;
    }
    p:empty {
      display: none;
    }
  `,
})
export class JamfSettingsForm {
  private readonly api = inject(Api);
  private readonly confirm = inject(Confirm);
  private readonly notices = inject(Notices);

  readonly settings = input.required<JamfSettingsDto>();
  readonly saved = output();

  protected readonly mode = signal<SetJamfSettingsDto['mode']>('watch');
  protected readonly hashType = signal<SetJamfSettingsDto['hash_type']>('SHA_512');
  protected readonly gate = signal<SetJamfSettingsDto['gate']>('here');
  protected readonly createMissing = signal(true);
  protected readonly managePoints = signal(false);
  /** Of the connected servers that can, the one with the lowest writes. */
  protected readonly priority = signal(100);
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  /** What the form was filled with: only another saved value replaces what is being typed. */
  private filledWith = '';

  constructor() {
    effect(() => {
      const settings = this.settings();
      untracked(() => this.fill(settings));
    });
  }

  protected async save(): Promise<void> {
    if (this.isBusy()) return;
    this.isBusy.set(true);
    this.fault.set('');
    try {
      await this.send(false);
    } catch (error) {
      this.fault.set(sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }

  private async send(isConfirmed: boolean): Promise<void> {
    const params = { body: this.body(), ...(isConfirmed ? { confirm: 'true' as const } : {}) };
    try {
      await this.api.invoke(setJamfSettings, params);
      this.notices.done($localize`Saved.`, { curl: curlOf(setJamfSettings, params) });
      this.saved.emit();
    } catch (error) {
      if (codeOf(error) !== 'jamf-writing-not-confirmed') throw error;
      const question = {
        title: $localize`Let this server write in Jamf Pro?`,
        text: sentenceOf(error).replace(/ Nothing was changed\. If it is meant, send confirm=true\.$/, ''),
        action: $localize`Keep in step`,
        curl: curlOf(setJamfSettings, { ...params, confirm: 'true' }),
      };
      if (await this.confirm.ask(question)) await this.send(true);
    }
  }

  private body(): SetJamfSettingsDto {
    const points = { manage_distribution_points: this.managePoints(), priority: this.priority() };
    return { mode: this.mode(), hash_type: this.hashType(), gate: this.gate(), create_missing: this.createMissing(), ...points };
  }

  private fill({ mode, hash_type, gate, create_missing, manage_distribution_points = false, priority = 100 }: JamfSettingsDto): void {
    const text = JSON.stringify([mode, hash_type, gate, create_missing, manage_distribution_points, priority]);
    if (text === this.filledWith) return;
    this.filledWith = text;
    this.mode.set(mode);
    this.hashType.set(hash_type);
    this.gate.set(gate);
    this.createMissing.set(create_missing);
    this.managePoints.set(manage_distribution_points);
    this.priority.set(priority);
  }
}
