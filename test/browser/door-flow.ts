import { get, type IncomingMessage } from 'node:http';
import { FIRST, OWN, type Places } from './places.js';

/** Bytes of the body as they travel to a browser, which must be compressed. */
async function sizeOnTheLine(url: string): Promise<number> {
  const headers = { 'accept-encoding': 'gzip, deflate, br' };
  const response = await new Promise<IncomingMessage>((resolve, reject) => get(url, { headers }, resolve).on('error', reject));
  expect(response.headers['cache-control']).toContain('immutable');
  let size = 0;
  for await (const piece of response) size += (piece as Buffer).length;
  if (size >= 1_000) expect(response.headers['content-encoding']).toBe('br'); // what is shorter fits in one packet as it is
  return size;
}

/** Signing in for the first time. */
export function doorFlow(places: () => Places): void {
  it('says why a sign-in fails', async () => {
    const { atBerlin } = places();
    atBerlin.expect('401 /api/admin/auth/login');
    const focused = () => atBerlin.page.evaluate<string>('document.activeElement.name');
    await atBerlin.eventually(async () => expect(await focused()).toBe('username'));
    await atBerlin.look('sign-in');
    await atBerlin.page.getByLabel('Password', { exact: true }).fill('seen');
    await atBerlin.button('Show password').click();
    expect(await atBerlin.page.getByLabel('Password', { exact: true }).getAttribute('type')).toBe('text');
    await atBerlin.button('Show password').click();
    await atBerlin.signIn({ ...FIRST, password: 'wrong' });
    await atBerlin.page.getByRole('alert').filter({ hasText: /./ }).waitFor();
    await atBerlin.look('sign-in-refused');
  });

  it('asks for a password of one’s own before anything else', async () => {
    const { atBerlin } = places();
    await atBerlin.signIn(FIRST);
    await atBerlin.heading('Set a new password').waitFor();
    await atBerlin.go('/packages');
    await atBerlin.heading('Set a new password').waitFor();
    await atBerlin.look('set-password');
    await atBerlin.page.getByLabel('Current password').fill(FIRST.password);
    await atBerlin.page.getByLabel('New password', { exact: true }).fill(OWN.password);
    await atBerlin.page.getByLabel('New password, once more').fill(OWN.password);
    await atBerlin.button('Set password').click();
    await atBerlin.heading('First steps').waitFor();
    await atBerlin.look('overview-first-steps');
    await atBerlin.open('Packages');
    await atBerlin.heading('No packages yet').waitFor();
    await atBerlin.look('packages-empty');
  });

  it('is light: less than 180 kB on the line before the sign-in page is there', async () => {
    const { berlin } = places();
    const page = await (await fetch(berlin.url)).text();
    expect(page).toContain('Open Distribution Server</span>'); // shown before any script has come
    const files = [...page.matchAll(/(?:src|href)="([\w-]+\.(?:js|css))"/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThan(1);
    const sizes = await Promise.all(files.map((file) => sizeOnTheLine(`${berlin.url}/${file}`)));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(180_000);
  });

  it('stays open over a reload', async () => {
    const { atBerlin } = places();
    await atBerlin.page.reload();
    await atBerlin.heading('Packages').waitFor();
  });
}
