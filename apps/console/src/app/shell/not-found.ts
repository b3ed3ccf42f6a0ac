import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink } from '@angular/router';

@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [RouterLink],
  template: `
    <div class="page">
      <div class="card empty">
        <h1 i18n>There is no such page</h1>
        <p><a routerLink="/packages" i18n>Go to the packages</a></p>
      </div>
    </div>
  `,
})
export class NotFound {}
