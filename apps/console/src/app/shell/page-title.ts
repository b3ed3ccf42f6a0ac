import { inject, Injectable } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { type RouterStateSnapshot, TitleStrategy } from '@angular/router';

/** "Packages · Berlin · ODS": tabs of several servers can be distinguished. */
@Injectable({ providedIn: 'root' })
export class PageTitle extends TitleStrategy {
  private readonly title = inject(Title);
  private page: string | undefined;
  private server = '';

  override updateTitle(snapshot: RouterStateSnapshot): void {
    this.page = this.buildTitle(snapshot);
    this.show();
  }

  nameServer(name: string): void {
    if (name === this.server) return;
    this.server = name;
    this.show();
  }

  private show(): void {
    const parts = [this.page, this.server].filter((part) => part !== undefined && part !== '');
    this.title.setTitle(this.page === undefined ? $localize`Open Distribution Server` : [...parts, 'ODS'].join(' · '));
  }
}
