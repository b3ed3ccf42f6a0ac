import { type Places } from './places.js';

/** Links that expire, and downloads that need them. */
export function linksFlow(places: () => Places): void {
  it('downloads need a link once an administrator says so', async () => {
    const { berlin, atBerlin } = places();
    await atBerlin.open('Server');
    await atBerlin.button('Restrict…').click();
    await atBerlin.look('restrict-downloads-dialog');
    await atBerlin.button('Restrict downloads').click();
    await atBerlin.reads('Links and credentials');
    await atBerlin.look('admin-links');
    expect((await fetch(`${berlin.url}/share/NoMAD.pkg`)).status).toBe(403);
  });

  it('downloads also take a credential, until it is revoked', async () => {
    const { berlin, atBerlin } = places();
    const { page } = atBerlin;
    await atBerlin.button('New credential…').click();
    await page.getByLabel('Name', { exact: true }).fill('Computers of Berlin');
    await page.getByLabel('User name', { exact: true }).fill('berlin');
    await atBerlin.look('new-credential-dialog');
    await atBerlin.button('Make the credential').click();
    await atBerlin.heading('Copy the secret now').waitFor();
    const secret = (await page.getByRole('definition').nth(1).textContent())!.trim();
    await atBerlin.look('credential-made-dialog');
    await atBerlin.button('I have it').click();
    await atBerlin.row('Computers of Berlin').getByText('never').waitFor();
    const authorization = `Basic ${Buffer.from(`berlin:${secret}`).toString('base64')}`;
    const status = async () => (await fetch(`${berlin.url}/share/NoMAD.pkg`, { headers: { authorization } })).status;
    expect(await status()).toBe(200);
    await atBerlin.look('admin-credentials');
    await atBerlin.button('Revoke Computers of Berlin').click();
    await atBerlin.button('Revoke').click();
    await atBerlin.reads('Computers of Berlin is revoked.');
    expect(await status()).toBe(403);
  });

  it('are copied from the page of a package', async () => {
    const { atBerlin } = places();
    await atBerlin.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await atBerlin.open('Packages');
    await atBerlin.page.getByRole('link', { name: 'NoMAD.pkg' }).click();
    await atBerlin.reads('only with a link that expires');
    await atBerlin.look('package-links-only');
    await atBerlin.button('Copy a link that expires…').click();
    await atBerlin.look('link-dialog');
    await atBerlin.button('Copy link').click();
    await atBerlin.reads(/^Copied\. It is good until /);
    await atBerlin.look('link-copied');
    const link = await atBerlin.page.evaluate<string>('navigator.clipboard.readText()');
    expect((await fetch(link)).status).toBe(200);
    await atBerlin.button('Close').click();
  });

  it('are made for whoever presses Download', async () => {
    const { atBerlin } = places();
    const [download] = await Promise.all([
      atBerlin.page.waitForEvent('download'),
      atBerlin.page.getByRole('link', { name: 'Download', exact: true }).click(),
    ]);
    expect([download.suggestedFilename(), await download.failure()]).toEqual(['NoMAD.pkg', null]);
  });

  it('are needed no more when downloads are opened again', async () => {
    const { berlin, atBerlin } = places();
    await atBerlin.open('Server');
    await atBerlin.button('Open to everybody…').click();
    await atBerlin.button('Open to everybody').click();
    await atBerlin.reads('Everybody who reaches this server and knows the name of a package.');
    expect((await fetch(`${berlin.url}/share/NoMAD.pkg`)).status).toBe(200);
  });
}
