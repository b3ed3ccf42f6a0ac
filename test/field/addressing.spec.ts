import { forEachDatabase } from '../support/databases.js';
import { TestServer } from '../support/test-server.js';

interface Row {
  readonly id: number;
  readonly filename: string;
  readonly detail?: string;
}

forEachDatabase((database) => {
  describe('packages whose names are digits', () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await TestServer.start('field-addressing', { DATABASE_URL: database.url });
    });
    afterAll(() => server.dispose());

    const at = (text: string, query = ''): string => `/api/admin/packages/${encodeURIComponent(text)}${query}`;
    const upload = async (name: string): Promise<Row> => (await server.upload<Row>(name, `content of ${name}`)).body;
    const exists = async (name: string): Promise<boolean> => (await server.api('GET', at(name, '?by=name'))).status === 200;

    it('are never taken for another package, whose id the name is', async () => {
      const keep = await upload('Keep.pkg');
      const digits = String(keep.id);
      await upload(digits);
      expect((await server.ok<Row>('GET', at(digits))).filename).toBe(digits);
      for (const [method, body, action] of [
        ['DELETE', undefined, ''],
        ['PATCH', { notes: 'x' }, ''],
        ['POST', undefined, '/verify'],
        ['POST', undefined, '/restore'],
      ] as const) {
        const answer = await server.api<Row & { type: string }>(method, `/api/admin/packages/${digits}${action}`, body);
        expect([method, action, answer.status, answer.body.type]).toEqual([method, action, 409, 'urn:ods:problem:package-ambiguous']);
        expect(answer.body.detail).toContain('?by=name or ?by=id');
      }
      expect((await server.ok<Row>('PATCH', at(digits, '?by=id'), { notes: 'by id' })).filename).toBe('Keep.pkg');
      expect((await server.ok<Row>('PATCH', at(digits, '?by=name'), { notes: 'by name' })).filename).toBe(digits);
      expect((await server.api('DELETE', at(digits, '?by=name'))).status).toBe(204);
      expect([await exists('Keep.pkg'), await exists(digits)]).toEqual([true, false]);
    });

    it('nor when the same delete is sent again after the answer was lost', async () => {
      const keep = await upload('Keep-2.pkg');
      const digits = String(keep.id);
      await upload(digits);
      await server.api('DELETE', at(digits, '?by=name'));
      expect((await server.api('DELETE', at(digits))).status).toBe(409);
      expect((await server.api('DELETE', at(digits, '?by=name'))).status).toBe(404);
      expect(await exists('Keep-2.pkg')).toBe(true);
    });

    it('with leading zeros are names and nothing else', async () => {
      const keep = await upload('Keep-3.pkg');
      for (const text of [`0${keep.id}`, `00${keep.id}`, `+${keep.id}`, `${keep.id}.0`, `${keep.id} `]) {
        expect([text, (await server.api('DELETE', at(text))).status]).toEqual([text, 404]);
      }
      await upload(`0${keep.id}`);
      expect((await server.api('DELETE', at(`0${keep.id}`))).status).toBe(204);
      expect(await exists('Keep-3.pkg')).toBe(true);
    });

    it('while ids are good for packages whose name was never used', async () => {
      const { id } = await upload('Plain.pkg');
      expect((await server.ok<Row>('GET', at(String(id)))).filename).toBe('Plain.pkg');
      expect((await server.api('DELETE', at(String(id)))).status).toBe(204);
    });

    it.each(['9007199254740993', '99999999999', '1e3', '-1'])('and %s is an id of no package', async (text) => {
      expect((await server.api('GET', at(text))).status).toBe(404);
      expect((await server.api('DELETE', at(text))).status).toBe(404);
    });

    it('refuses ?by= with anything else', async () => {
      expect((await server.api('GET', at('1', '?by=uuid'))).status).toBe(400);
      expect((await server.api('GET', at('Plain.pkg', '?by=id'))).status).toBe(400);
    });
  });
});
