import { ChangeDetectionStrategy, Component, computed, DestroyRef, effect, type ElementRef, inject, viewChild } from '@angular/core';
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
import { SignInDialog } from './sign-in-dialog';

/** The frame of every page for people who are signed in. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [MatButtonModule, MatMenuModule, RouterLink, RouterLinkActive, RouterOutlet],
  templateUrl: './shell.html',
  styleUrl: './shell.scss',
})
export class Shell {
  protected readonly labels = labels;
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  private readonly dialog = inject(MatDialog);
  private readonly main = viewChild.required<ElementRef<HTMLElement>>('main');

  protected readonly me = this.session.me;
  protected readonly isLost = inject(Connection).isLost;
  protected readonly tabs = computed(() => [
    { path: '/overview', label: $localize`Overview` },
    { path: '/packages', label: $localize`Packages` },
    { path: '/activity', label: $localize`Activity` },
    { path: '/network', label: $localize`Network` },
    ...(this.session.isAdmin()
      ? [
          { path: '/webhooks', label: $localize`Webhooks` },
          { path: '/notifications', label: $localize`E-mail` },
          { path: '/people', label: $localize`Users` },
          { path: '/audit', label: $localize`Audit` },
        ]
      : []),
    { path: '/admin', label: $localize`Admin` },
  ]);

  constructor() {
    const leaving = new AbortController();
    void inject(Live).listen(leaving.signal);
    inject(DestroyRef).onDestroy(() => leaving.abort());
    effect(() => {
      if (this.session.state() === 'expired') this.dialog.open(SignInDialog, { disableClose: true, width: '420px' });
    });
    const arrivals = this.router.events.pipe(filter((event) => event instanceof NavigationEnd));
    let before = this.router.url.split('?')[0];
    arrivals.pipe(takeUntilDestroyed()).subscribe(({ urlAfterRedirects }) => {
      const [path] = urlAfterRedirects.split('?');
      // Screen readers begin to read at the new page, not where the link was.
      if (path !== before) this.main().nativeElement.focus();
      before = path;
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

  protected async signOut(): Promise<void> {
    await this.session.signOut();
    await this.router.navigateByUrl('/sign-in');
  }
}
