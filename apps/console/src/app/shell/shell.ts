import {
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  effect,
  type ElementRef,
  inject,
  signal,
  viewChild,
} from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { MatMenuModule } from '@angular/material/menu';
import { NavigationEnd, Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { filter } from 'rxjs';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { labels } from '../shared/labels';
import { Live } from '../shared/live';
import { Session } from '../session/session';
import { Connection } from './connection';
import { pathOf, placeOf, places, settingsPages } from './places';
import { ServerChip } from './server-chip';
import { UploadTray } from '../packages/upload-tray';
import { Shortcuts } from './shortcuts';
import { SignInDialog } from './sign-in-dialog';
import { WindowDrop } from './window-drop';

/** The frame of every page for people who are signed in. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [MatButtonModule, MatMenuModule, RouterLink, RouterLinkActive, RouterOutlet, ServerChip, UploadTray, WindowDrop],
  host: { '(document:keydown)': 'press($event)' },
  templateUrl: './shell.html',
  styleUrl: './shell.scss',
})
export class Shell {
  protected readonly labels = labels;
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  private readonly dialog = inject(MatDialog);
  private readonly shortcuts = inject(Shortcuts);
  private readonly main = viewChild.required<ElementRef<HTMLElement>>('main');

  protected readonly me = this.session.me;
  protected readonly isLost = inject(Connection).isLost;
  private readonly path = signal(pathOf(this.router.url));
  protected readonly places = places;
  protected readonly place = computed(() => placeOf(this.path()));
  /** The pages under Settings, while one of them is open. */
  protected readonly pages = computed(() => (this.place() === 'settings' ? settingsPages(this.session.isAdmin()) : []));

  constructor() {
    const leaving = new AbortController();
    void inject(Live).listen(leaving.signal);
    inject(DestroyRef).onDestroy(() => leaving.abort());
    effect(() => {
      if (this.session.state() === 'expired') this.dialog.open(SignInDialog, { disableClose: true, width: '420px' });
    });
    const arrivals = this.router.events.pipe(filter((event) => event instanceof NavigationEnd));
    arrivals.pipe(takeUntilDestroyed()).subscribe(({ urlAfterRedirects }) => {
      const path = pathOf(urlAfterRedirects);
      // Screen readers begin to read at the new page, not where the link was.
      if (path !== this.path()) this.main().nativeElement.focus();
      this.path.set(path);
    });
  }

  /** On a narrow screen not all tabs are in view. */
  protected bringIntoView(tab: HTMLElement, isWanted: boolean): void {
    if (isWanted) tab.scrollIntoView({ block: 'nearest', inline: 'center' });
  }

  protected skip(event: Event): void {
    event.preventDefault();
    this.main().nativeElement.focus();
  }

  protected press(event: KeyboardEvent): void {
    void this.shortcuts.press(event);
  }

  protected openPalette(): void {
    void this.shortcuts.openPalette();
  }

  protected async signOut(): Promise<void> {
    const isExternal = this.me()?.external === true;
    await this.session.signOut();
    await this.router.navigateByUrl(isExternal ? '/sign-in?left=company' : '/sign-in');
  }
}
