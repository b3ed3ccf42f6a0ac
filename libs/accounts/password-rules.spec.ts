import { DEFAULT_PASSWORD, faultsOfPassword } from './password-rules.js';

describe('faultsOfPassword', () => {
  it.each([
    'correct-plough-sundial',
    'vermilion otter 9 teapot',
    'Tr0ub4dor&3-zebra',
    'xK9#mQ2$vL5p',
    'zwölf Boxkämpfer jagen',
    '日本語のパスワードは長いです',
    'a'.repeat(100) + 'bcdefgh',
    'x9$k'.repeat(3) + 'q',
  ])('accepts %s', (password) => {
    expect(faultsOfPassword(password, 'admin')).toEqual([]);
  });

  it.each([
    ['short-pass', /at least 12/],
    ['', /at least 12/],
    ['🔑'.repeat(11) + 'abcde'.slice(0, 0), /at least 12/],
    ['abcde'.repeat(52), /at most 256/],
    ['aaaaaaaaaaaaaaaa', /different characters/],
    ['abababababab', /different characters/],
    ['my-admin-secret-9', /user name/],
    ['MY-ADMIN-SECRET-9', /user name/],
    ['password12345!', /tried first/],
    ['P@ssw0rd12345', /tried first/],
    ['12345678901234', /tried first/],
    ['987654321098', /tried first/],
    ['qwertyuiopasdf', /tried first/],
    ['abcdefghijklmn', /tried first/],
    ['ods1234!ods1234!', /tried first/],
    ['xx-ods1234-xx-yy', /tried first/],
    ['passwordpassword', /tried first/],
    ['welcome-2024-!!', /tried first/],
    ['!!!dragon99999', /tried first/],
    ['correcthorsebatterystaple', /tried first/],
    ['correct horse battery staple', /tried first/],
    ['1234-5678-9012', /tried first/],
    ['ａｄｍｉｎ-secret-x9', /user name/],
  ])('refuses %s', (password, reason) => {
    expect(faultsOfPassword(password, 'admin').join(' ')).toMatch(reason);
  });

  it('refuses the default password whatever the user is called', () => {
    expect(faultsOfPassword(DEFAULT_PASSWORD, 'alice')).not.toEqual([]);
  });

  it('does not mind a very short user name', () => {
    expect(faultsOfPassword('vermilion otter teapot', 'ot')).toEqual([]);
  });

  it('is quick on the longest input', () => {
    const started = process.cpuUsage();
    faultsOfPassword('ab1'.repeat(85) + 'x', 'admin');
    const { user } = process.cpuUsage(started); // microseconds of processor time: a busy machine counts for nothing
    expect(user).toBeLessThan(200_000);
  });
});
