import { setTimeout as sleep } from 'node:timers/promises';
import { forEachDatabase } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { TestServer } from '../support/test-server.js';

forEachDatabase((database) => {
  describe('contents of one name in quick succession', () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await TestServer.start('field-conditions', { DATABASE_URL: database.url });
    });
    afterAll(() => server.dispose());

    const get = (name: string, headers: Record<string, string> = {}) => fetch(`${server.url}/share/${name}`, { headers });
    const dateOf = async (name: string): Promise<string> => (await get(name)).headers.get('last-modified')!;
    /** Early in a second, so that what follows at once falls into the same one. */
    const secondBegins = () => sleep(1_000 - (Date.now() % 1_000));

    async function expectNotTakenFor(former: string, name: string, content: string): Promise<void> {
      const range = await get(name, { range: 'bytes=5-', 'if-range': former });
      expect([range.status, await range.text()]).toEqual([200, content]);
      expect((await get(name, { 'if-modified-since': former })).status).toBe(200);
      expect((await get(name, { 'if-unmodified-since': former })).status).toBe(412);
      // Of many within one second the dates shown stay within a second from now (§8.8.2.1); what is compared is later with each.
      expect(Date.parse(await dateOf(name))).toBeGreaterThanOrEqual(Date.parse(former));
    }

    it('are distinguished by their dates when one is replaced', async () => {
      await secondBegins();
      await server.upload('s.pkg', 'AAAAAAAAAA');
      const former = await dateOf('s.pkg');
      await server.upload('s.pkg', 'BBBBBBBBBB', { replace: 'true' });
      await expectNotTakenFor(former, 's.pkg', 'BBBBBBBBBB');
      expect(Date.parse(await dateOf('s.pkg'))).toBeGreaterThan(Date.parse(former));
      const second = await dateOf('s.pkg');
      await server.upload('s.pkg', 'CCCCCCCCCC', { replace: 'true' });
      await expectNotTakenFor(second, 's.pkg', 'CCCCCCCCCC');
    });

    it('and when one is deleted and uploaded anew', async () => {
      await secondBegins();
      await server.upload('d.pkg', 'AAAAAAAAAA');
      const former = await dateOf('d.pkg');
      await server.api('DELETE', '/api/admin/packages/d.pkg');
      await server.upload('d.pkg', 'BBBBBBBBBB');
      await expectNotTakenFor(former, 'd.pkg', 'BBBBBBBBBB');
    });

    it('and when an older one is restored', async () => {
      await server.upload('r.pkg', 'AAAAAAAAAA');
      await secondBegins();
      await server.upload('r.pkg', 'BBBBBBBBBB', { replace: 'true' });
      const former = await dateOf('r.pkg');
      await server.ok('POST', '/api/admin/packages/r.pkg/restore');
      await expectNotTakenFor(former, 'r.pkg', 'AAAAAAAAAA');
    });

    it('while a promotion, notes and a restored delete change no date', async () => {
      await server.upload('p.pkg', 'AAAAAAAAAA', { stage: 'Prod' });
      const date = await dateOf('p.pkg');
      await server.ok('PATCH', '/api/admin/packages/p.pkg', { notes: 'later' });
      await server.api('DELETE', '/api/admin/packages/p.pkg');
      await server.ok('POST', '/api/admin/packages/p.pkg/restore');
      expect(await dateOf('p.pkg')).toBe(date);
      expect((await get('p.pkg', { 'if-modified-since': date })).status).toBe(304);
    });

    it('and a date is good for going on once it is older than a second', async () => {
      let attempt = 0;
      const date = await eventually(async () => {
        const name = `old-${(attempt += 1)}.pkg`;
        await server.upload(name, '0123456789');
        const young = await dateOf(name);
        const { status } = await get(name, { range: 'bytes=5-', 'if-range': young });
        expect(Date.now()).toBeLessThan(Date.parse(young) + 2_000); // a slow machine asks too late: try again
        expect(status).toBe(200); // it might still change within its second
        return young;
      });
      const old = `old-${attempt}.pkg`;
      await sleep(Math.max(0, Date.parse(date) + 2_100 - Date.now()));
      const range = await get(old, { range: 'bytes=5-', 'if-range': date });
      expect([range.status, await range.text()]).toEqual([206, '56789']);
    });

    it.each([
      ['bytes=4-9223372036854775807', 206, '456789'],
      ['bytes=4-18446744073709551615', 206, '456789'],
      ['bytes=-9223372036854775807', 206, '0123456789'],
      ['bytes=99999999999999999999-', 416, ''],
      ['bytes=0-1,8-99999999999999999999999', 206, undefined],
    ])('reads numbers beyond 2^53: %s', async (range, status, content) => {
      await server.upload('n.pkg', '0123456789');
      const answer = await get('n.pkg', { range });
      expect(answer.status).toBe(status);
      const text = await answer.text();
      if (content !== undefined) expect(text).toBe(content);
    });
  });
});
