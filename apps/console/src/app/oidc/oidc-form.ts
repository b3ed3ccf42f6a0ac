import { computed, signal } from '@angular/core';
import type { GroupRoleDto, OidcSettingsDto, SetOidcDto } from '#libs/api-client';
import { baseUrl } from '../shared/base';

const CALLBACK = '/api/admin/auth/oidc/callback';

/** The form's values before they are saved. */
export class OidcForm {
  readonly enabled = signal(false);
  readonly label = signal('');
  readonly issuer = signal('');
  readonly clientId = signal('');
  readonly secret = signal('');
  readonly scopes = signal('');
  readonly groupsClaim = signal('');
  readonly consoleUrl = signal('');
  readonly groups = signal<readonly GroupRoleDto[]>([]);

  /** What to enter at the provider. */
  readonly callback = computed(() => this.consoleUrl().trim().replace(/\/+$/, '') + CALLBACK);

  /** What PUT and the test take. Without a secret the saved one counts. */
  readonly body = computed((): SetOidcDto => ({
    ...{ enabled: this.enabled(), issuer: this.issuer().trim(), client_id: this.clientId().trim() },
    ...(this.secret() === '' ? {} : { client_secret: this.secret() }),
    ...{ scopes: this.scopes().trim(), groups_claim: this.groupsClaim().trim(), label: this.label().trim() },
    console_url: this.consoleUrl().trim(),
    group_roles: this.groups()
      .map(({ group, role }) => ({ group: group.trim(), role }))
      .filter(({ group }) => group !== ''),
  }));

  /** The saved values; the secret never comes. */
  fill(saved: OidcSettingsDto): void {
    this.enabled.set(saved.enabled);
    this.label.set(saved.label);
    this.issuer.set(saved.issuer);
    this.clientId.set(saved.client_id);
    this.secret.set('');
    this.scopes.set(saved.scopes);
    this.groupsClaim.set(saved.groups_claim);
    this.consoleUrl.set(saved.is_set_up ? saved.console_url : baseUrl());
    this.groups.set(saved.group_roles.length === 0 ? [{ group: '', role: 'viewer' }] : saved.group_roles);
  }

  addGroup(): void {
    this.groups.update((groups) => [...groups, { group: '', role: 'viewer' }]);
  }

  changeGroup(at: number, change: Partial<GroupRoleDto>): void {
    this.groups.update((groups) => groups.map((each, index) => (index === at ? { ...each, ...change } : each)));
  }

  removeGroup(at: number): void {
    this.groups.update((groups) => groups.filter((_, index) => index !== at));
  }
}
