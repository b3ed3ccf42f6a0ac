import { makePkg, makeSigner } from '#libs/inspection/formats/package-makers.testing.js';
import { eventually } from '../support/eventually.js';
import { type Places } from './places.js';

/** What the page of a package says about what is in it. */
export function inspectionFlow(places: () => Pick<Places, 'atBerlin' | 'berlin'>): void {
  it('says which title and version it is, and who signed it, and is read again', async () => {
    const { atBerlin, berlin } = places();
    expect((await berlin.upload('Demo.pkg', new Uint8Array(makePkg({ signer: makeSigner() })))).status).toBe(201);
    await eventually(
      async () => expect(await berlin.ok('GET', '/api/admin/packages/Demo.pkg/inspection')).toMatchObject({ state: 'done' }),
      { timeoutMs: 90_000 },
    );
    await atBerlin.open('Packages');
    await atBerlin.page.getByRole('link', { name: 'Demo.pkg' }).click();
    await atBerlin.heading('What is in it').waitFor();
    await atBerlin.reads('macOS installer package');
    await atBerlin.reads(/^Signed by Developer ID Installer: Example \(ABCDE12345\), not certified by Apple$/);
    await atBerlin.look('package-inspection');
    await atBerlin.button('Inspect again').click();
    await atBerlin.reads('It is inspected again, usually within a minute.');
    await atBerlin.reads('Not inspected on this server yet. It usually is within a minute after it has arrived.');
  });
}
