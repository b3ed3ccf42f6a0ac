import { makePkg, makeSigner } from '#libs/inspection/formats/package-makers.testing.js';
import { eventually } from '../support/eventually.js';
import { type Places } from './places.js';

/** What the page of a package says about what is in it. */
export function inspectionFlow(places: () => Pick<Places, 'atBerlin' | 'berlin'>): void {
  const isRead = (filename: string): Promise<void> =>
    eventually(
      async () => expect(await places().berlin.ok('GET', `/api/admin/packages/${filename}/inspection`)).toMatchObject({ state: 'done' }),
      { timeoutMs: 90_000 },
    );

  it('says which title and version it is, and who signed it, and is read again', async () => {
    const { atBerlin, berlin } = places();
    expect((await berlin.upload('Demo.pkg', new Uint8Array(makePkg({ signer: makeSigner() })))).status).toBe(201);
    await isRead('Demo.pkg');
    await atBerlin.open('Packages');
    await atBerlin.page.getByRole('link', { name: 'Demo.pkg' }).click();
    await atBerlin.heading('What is in it').waitFor();
    await atBerlin.reads('macOS installer package');
    await atBerlin.reads(/^Signed by Developer ID Installer: Example \(ABCDE12345\), not certified by Apple$/);
    await atBerlin.look('package-inspection');
    await atBerlin.button('Inspect again').click();
    await atBerlin.reads('It is inspected again, usually within a minute.');
    await atBerlin.reads('Not inspected on this server yet. It usually is within a minute after it has arrived.');
    await isRead('Demo.pkg'); // what comes next is compared with it
  });

  it('compares it with other versions, and asks before another signer comes to Prod', async () => {
    const { atBerlin, berlin } = places();
    await berlin.ok('PATCH', '/api/admin/replication', { confirm_signers: true });
    const other = makePkg({ signer: makeSigner('ZZZZZ12345'), version: '1.3.0' });
    expect((await berlin.upload('Demo-new.pkg', new Uint8Array(other), { stage: 'Test' })).status).toBe(201);
    await isRead('Demo-new.pkg');
    await atBerlin.open('Packages');
    await atBerlin.reads('Demo App 1.3.0');
    await atBerlin.page.getByRole('link', { name: 'Demo-new.pkg' }).click();
    await atBerlin.reads('older version 1.2.3 is in Prod');
    await atBerlin.reads(/The signer changed\. Demo\.pkg \(in Prod\) is signed by/);
    await atBerlin.look('package-signer-changed');
    atBerlin.expect('409 *');
    await atBerlin.button('Change').click();
    await atBerlin.menuItem('Promote to Prod').click();
    await atBerlin.heading('Promote it with this signer?').waitFor();
    await atBerlin.look('signer-consent-dialog');
    await atBerlin.button('Promote to Prod').click();
    await atBerlin.reads('Demo-new.pkg: now Prod, on every server.');
    atBerlin.unexpect('409 *');
    await berlin.ok('PATCH', '/api/admin/replication', { confirm_signers: false });
  });

  it('says after an upload what was read, and that another signed it', async () => {
    const { atBerlin } = places();
    const buffer = makePkg({ signer: makeSigner('QQQQQ12345'), version: '1.4.0' });
    await atBerlin.open('Packages');
    await atBerlin.page.locator('input[type=file]').setInputFiles({ name: 'Demo-next.pkg', mimeType: 'application/octet-stream', buffer });
    const tray = atBerlin.page.getByRole('region', { name: 'Uploads' });
    await tray.getByText('Demo App 1.4.0', { exact: true }).waitFor({ timeout: 60_000 });
    await tray.getByText('Demo.pkg: older version 1.2.3 is in Prod.').waitFor();
    await tray.getByText(/The signer changed\. Demo-new\.pkg \(in Prod\) is signed by/).waitFor();
    await atBerlin.look('upload-findings');
    await atBerlin.open('Activity');
    await tray.getByRole('button', { name: 'Show uploads' }).waitFor();
  });
}
