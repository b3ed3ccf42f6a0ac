import { ChangeDetectionStrategy, Component } from '@angular/core';
import { MatTabsModule } from '@angular/material/tabs';
import { RouterLink, RouterLinkActive } from '@angular/router';

/** The pages about Jamf Pro. */
@Component({
  selector: 'ods-jamf-tabs',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [MatTabsModule, RouterLink, RouterLinkActive],
  template: `
    <nav mat-tab-nav-bar [tabPanel]="panel" mat-stretch-tabs="false" aria-label="Jamf Pro" i18n-aria-label>
      @for (page of pages; track page.path) {
        <a
          mat-tab-link
          [routerLink]="page.path"
          routerLinkActive
          #link="routerLinkActive"
          [routerLinkActiveOptions]="{ exact: true }"
          [active]="link.isActive"
          >{{ page.label }}</a
        >
      }
    </nav>
    <mat-tab-nav-panel #panel />
  `,
  styles: `
    mat-tab-nav-panel {
      display: none;
    }
  `,
})
export class JamfTabs {
  protected readonly pages = [
    { path: '/jamf', label: $localize`Connection` },
    { path: '/jamf/records', label: $localize`Package records` },
    { path: '/jamf/rules', label: $localize`Rules` },
  ];
}
