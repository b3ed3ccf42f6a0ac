import type { EmailDto } from '#libs/api-client';
import { addressesIn, EmailForm } from './email-form';

const types = ['a.one', 'a.two'].map((type) => ({ type, description: type, example: {} }));
const saved: EmailDto = {
  ...{ enabled: false, host: 'mail.example.com', port: 587, security: 'starttls', verify_certificate: true, username: 'ods' },
  ...{ password_set: true, sender: 'ods@example.com', recipients: ['a@example.com', 'b@example.com'], events: ['a.one'] },
  ...{ digest_minutes: 5, last_sent_ts: null, last_error: null },
};

const filled = (more: Partial<EmailDto> = {}): EmailForm => {
  const form = new EmailForm();
  form.fill({ ...saved, ...more }, types);
  return form;
};

describe('the form for e-mail', () => {
  it('gives back what was saved, but for the password, which it never had', () => {
    const { enabled, host, port, security, verify_certificate, username, sender, recipients, events, digest_minutes } = saved;
    expect(filled().body()).toEqual({
      ...{ enabled, host, port, security, verify_certificate, username, sender, recipients, events, digest_minutes },
    });
  });

  it('is on when it is set up for the first time', () => expect(filled({ host: '' }).body().enabled).toBe(true));

  it('names every event when all are selected', () => {
    const form = filled({ events: ['a.two', 'a.one'] });
    expect(form.events()).toBeNull();
    expect(form.body().events).toEqual(['a.one', 'a.two']);
  });

  it('takes the usual port along, but not one that was chosen', () => {
    const form = filled();
    form.setSecurity('tls');
    expect(form.port()).toBe(465);
    form.port.set(2_465);
    form.setSecurity('none');
    expect(form.port()).toBe(2_465);
  });

  it('does not sign in without encryption', () => {
    const form = filled();
    form.password.set('vermilion');
    expect(form.body()).toMatchObject({ username: 'ods', password: 'vermilion' });
    form.setSecurity('none');
    expect(form.body().username).toBeNull();
    expect(form.body()).not.toHaveProperty('password');
  });

  it('reads addresses however they are separated', () => {
    expect(addressesIn(' a@example.com, b@example.com;\n\nc@example.com a@example.com ')).toEqual([
      'a@example.com',
      'b@example.com',
      'c@example.com',
    ]);
  });
});
