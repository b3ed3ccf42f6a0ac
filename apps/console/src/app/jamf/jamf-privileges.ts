import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { JamfTestStepDto } from '#libs/api-client';
import { CopyButton } from '../shared/copy-button';

interface Privilege {
  /** As Jamf Pro names it. */
  readonly name: string;
  /** The step of the test that needs it; null for one that only writing needs: the test writes nothing. */
  readonly step: JamfTestStepDto['name'] | null;
}

interface PrivilegeGroup {
  readonly title: string;
  readonly privileges: readonly Privilege[];
}

const writing = (name: string): Privilege => ({ name, step: null });

export const privilegeGroups: readonly PrivilegeGroup[] = [
  {
    title: $localize`To compare package records`,
    privileges: [
      { name: 'Read Packages', step: 'packages' },
      { name: 'Read Categories', step: 'categories' },
    ],
  },
  { title: $localize`To write them`, privileges: [writing('Create Packages'), writing('Update Packages')] },
  {
    title: $localize`For distribution points, if they are kept in step`,
    privileges: [
      { name: 'Read Distribution Points', step: 'distribution_points' },
      writing('Create Distribution Points'),
      writing('Update Distribution Points'),
    ],
  },
  { title: $localize`To see which server a computer uses`, privileges: [{ name: 'Read Network Segments', step: 'network_segments' }] },
];

/** What the API role needs, to be copied; after a test with what it has. */
@Component({
  selector: 'ods-jamf-privileges',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CopyButton],
  template: `
    <details>
      <summary i18n>Privileges of its API role</summary>
      @for (group of groups; track group.title) {
        <p class="muted small">{{ group.title }}</p>
        <ul>
          @for (privilege of group.privileges; track privilege.name) {
            <li>
              <code>{{ privilege.name }}</code>
              @switch (granted().get(privilege.step)) {
                @case (true) {
                  <span class="good"><span aria-hidden="true">✓</span> <ng-container i18n>granted</ng-container></span>
                }
                @case (false) {
                  <span class="bad"><span aria-hidden="true">✗</span> <ng-container i18n>missing</ng-container></span>
                }
              }
            </li>
          }
        </ul>
      }
      <ods-copy [text]="names" what="the privileges" i18n-what label="Copy the list" i18n-label />
    </details>
  `,
  styles: `
    summary {
      cursor: pointer;
    }
    p {
      margin: 12px 0 4px;
    }
    ul {
      margin: 0 0 8px;
      padding-left: 20px;
    }
    .good,
    .bad {
      display: inline-flex;
      gap: 4px;
      margin-left: 8px;
    }
    .good {
      color: var(--ods-good);
    }
    .bad {
      color: var(--ods-bad);
    }
  `,
})
export class JamfPrivileges {
  /** Of the last test; null before one. */
  readonly steps = input.required<readonly JamfTestStepDto[] | null>();

  protected readonly groups = privilegeGroups;
  protected readonly names = privilegeGroups.flatMap(({ privileges }) => privileges.map(({ name }) => name)).join('\n');
  /** By step; a step that failed for another reason says nothing about privileges. */
  protected readonly granted = computed(
    () =>
      new Map<JamfTestStepDto['name'] | null, boolean>(
        (this.steps() ?? []).filter(({ ok, missing_privilege: lacks }) => ok || lacks !== null).map(({ name, ok }) => [name, ok]),
      ),
  );
}
