import type { JamfConnectionDto } from '#libs/api-client';
import { JamfForm } from './jamf-form';

const saved: JamfConnectionDto = {
  ...{ url: 'https://jamf.example.com', auth: 'user', client_id: 'ods', has_secret: true, is_set_up: true },
  ...{ version: '11.20.1', capabilities: [], last_ok_ts: null, last_error: null, leader: null },
};

describe('the form for Jamf Pro', () => {
  it('gives back what was saved, but for the secret, which it never had', () => {
    const form = new JamfForm();
    form.fill(saved);
    expect(form.body()).toEqual({ url: 'https://jamf.example.com', auth: 'user', client_id: 'ods' });
  });

  it('sends a secret that was typed, without spaces around the other fields', () => {
    const form = new JamfForm();
    form.url.set(' https://jamf.example.com ');
    form.clientId.set(' 1a2b ');
    form.secret.set(' s3cret');
    expect(form.body()).toEqual({ url: 'https://jamf.example.com', auth: 'client', client_id: '1a2b', secret: ' s3cret' });
  });
});
