import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink, RouterLinkActive } from '@angular/router';

/** The pages about Jamf Pro. */
@Component({
  selector: 'ods-jamf-tabs',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [RouterLink, RouterLinkActive],
  template: `
    <nav aria-label="Jamf Pro" i18n-aria-label>
      @for (page of pages; track page.path) {
        <a [routerLink]="page.path" routerLinkActive="active" [routerLinkActiveOptions]="{ exact: true }" ariaCurrentWhenActive="page">{{
          page.label
        }}</a>
      }
    </nav>
  `,
  styles: `
    nav {
      display: flex;
      flex-wrap: wrap;
      gap: 4px 20px;
      border-bottom: 1px solid var(--ods-line);
    }
    a {
      padding: 8px 0;
      color: var(--ods-muted);
      text-decoration: none;
      border-bottom: 2px solid transparent;
    }
    .active {
      color: inherit;
      font-weight: 500;
      border-bottom-color: currentColor;
    }
  `,
})
export class JamfTabs {
  protected readonly pages = [
    { path: '/jamf', label: $localize`Connection` },
    { path: '/jamf/records', label: $localize`Package records` },
    { path: '/jamf/points', label: $localize`Distribution points` },
    { path: '/jamf/rules', label: $localize`Rules` },
  ];
}
