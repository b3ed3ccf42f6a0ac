import type { OidcSettingsDto } from '#libs/api-client';
import { OidcForm } from './oidc-form';

const saved: OidcSettingsDto = {
  ...{ is_set_up: true, enabled: true, issuer: 'https://login.example.com', client_id: 'ods', has_secret: true, scopes: 'openid groups' },
  ...{ groups_claim: 'groups', group_roles: [{ group: 'staff', role: 'viewer' }], label: 'Example Ltd' },
  ...{ console_url: 'https://ods.example.com', callback_url: 'https://ods.example.com/api/admin/auth/oidc/callback' },
};

describe('the form of the sign-in with the company', () => {
  it('gives back what was saved, but for the secret, which it never had', () => {
    const form = new OidcForm();
    form.fill(saved);
    const { is_set_up: _isSetUp, has_secret: _hasSecret, callback_url: callback, ...rest } = saved;
    expect(form.body()).toEqual(rest);
    expect(form.callback()).toBe(callback);
  });

  it('begins with the address that it is opened at, and a group to fill in, which is not sent empty', () => {
    const form = new OidcForm();
    form.fill({ ...saved, is_set_up: false, console_url: '', group_roles: [] });
    expect(form.body()).toMatchObject({ console_url: 'http://localhost', group_roles: [] });
    expect(form.groups()).toHaveLength(1);
  });

  it('sends a secret that was typed, and groups without spaces around them', () => {
    const form = new OidcForm();
    form.fill(saved);
    form.secret.set(' s3cret');
    form.addGroup();
    form.changeGroup(1, { group: ' admins ', role: 'admin' });
    form.removeGroup(0);
    expect(form.body()).toMatchObject({ client_secret: ' s3cret', group_roles: [{ group: 'admins', role: 'admin' }] });
  });
});
