import { ChangeDetectionStrategy, Component, computed, effect, type ElementRef, inject, signal, viewChild } from '@angular/core';
import { MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { Router } from '@angular/router';
import { Api, listPackages } from '#libs/api-client';
import { Session } from '../session/session';
import { fitting, type PaletteEntry, pagesFor } from './palette-entries';

const MOST_PACKAGES = 8;
const DELAY_MS = 120;

/** Goes to any page or package by a few letters of its name. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [MatDialogModule],
  template: `
    <h2 mat-dialog-title class="visually-hidden" i18n>Go to</h2>
    <mat-dialog-content>
      <input
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck="false"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-label="Page or package"
        i18n-aria-label
        placeholder="Page or package…"
        i18n-placeholder
        cdkFocusInitial
        [attr.aria-activedescendant]="entries().length > 0 ? 'palette-' + active() : null"
        [value]="text()"
        (input)="text.set($any($event.target).value)"
        (keydown)="press($event)"
      />
      <ul #list id="palette-list" role="listbox" aria-label="Results" i18n-aria-label>
        @for (entry of entries(); track entry.path) {
          <li
            role="option"
            [id]="'palette-' + $index"
            [attr.aria-selected]="$index === active()"
            [class.active]="$index === active()"
            (click)="open(entry)"
            (mousemove)="chosen.set($index)"
          >
            <span>{{ entry.label }}</span>
            <span class="muted small">{{ entry.kind }}</span>
          </li>
        }
      </ul>
      @if (entries().length === 0) {
        <p class="muted" role="status" i18n>No matches</p>
      }
    </mat-dialog-content>
  `,
  styles: `
    .mat-mdc-dialog-content.mdc-dialog__content {
      padding: 16px;
    }
    input {
      width: 100%;
      padding: 10px 12px;
      font: inherit;
      font-size: 1rem;
      color: inherit;
      background: var(--ods-page);
      border: 1px solid var(--ods-strong-line);
      border-radius: var(--ods-radius-small);
    }
    ul {
      margin: 8px 0 0;
      padding: 0;
      list-style: none;
    }
    li {
      display: flex;
      justify-content: space-between;
      gap: 16px;
      padding: 7px 12px;
      overflow-wrap: anywhere;
      border-radius: var(--ods-radius-small);
      cursor: pointer;
    }
    li.active {
      background: color-mix(in srgb, var(--mat-sys-primary) 14%, transparent);
      color: var(--ods-text);
    }
    li.active .muted {
      color: var(--ods-text);
    }
    p {
      margin: 8px 12px;
    }
  `,
})
export class Palette {
  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly dialog = inject<MatDialogRef<Palette>>(MatDialogRef);
  private readonly list = viewChild.required<ElementRef<HTMLElement>>('list');

  private readonly pages = pagesFor(inject(Session).isAdmin());
  private readonly packages = signal<readonly PaletteEntry[]>([]);
  protected readonly text = signal('');
  protected readonly chosen = signal(0);
  protected readonly entries = computed(() => [...fitting(this.pages, this.text()), ...this.packages()]);
  protected readonly active = computed(() => Math.max(0, Math.min(this.chosen(), this.entries().length - 1)));

  constructor() {
    effect((onCleanup) => {
      const text = this.text().trim();
      this.chosen.set(0);
      const timer = setTimeout(() => void this.find(text), DELAY_MS);
      onCleanup(() => clearTimeout(timer));
    });
    effect(() => this.list().nativeElement.children[this.active()]?.scrollIntoView({ block: 'nearest' }));
  }

  protected press(event: KeyboardEvent): void {
    const entry = this.entries()[this.active()];
    const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const move = moves[event.key];
    if (move !== undefined) this.chosen.set((this.active() + move + this.entries().length) % Math.max(1, this.entries().length));
    else if (event.key === 'Enter' && entry) this.open(entry);
    else return;
    event.preventDefault();
  }

  protected open({ path }: PaletteEntry): void {
    this.dialog.close();
    void this.router.navigateByUrl(path);
  }

  /** While the server does not answer there are the pages; the shell says that it is away. */
  private async find(q: string): Promise<void> {
    const found = q === '' ? null : await this.api.invoke(listPackages, { q, limit: MOST_PACKAGES }).catch(() => null);
    if (q !== this.text().trim()) return;
    const entryOf = (filename: string): PaletteEntry => ({
      path: `/packages/${encodeURIComponent(filename)}`,
      label: filename,
      kind: $localize`Package`,
    });
    this.packages.set((found?.items ?? []).map(({ filename }) => entryOf(filename)));
  }
}
