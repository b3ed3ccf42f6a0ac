import { forEachDatabase } from '../support/databases.js';
import { Site } from '../support/site.js';

const bad = ['a\0b', '\u0007', '\u001b[2J', '\u0085'];
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** One rule for texts at every entrance; servers' messages are tried in test/mesh/hostile-peer.spec.ts. */
forEachDatabase((database) =>
  describe('a text that is no text', () => {
    let site: Site;
    beforeAll(async () => {
      site = await Site.start('Site', { env: { DATABASE_URL: database.url } });
      expect((await upload('known.pkg', 'as it was')).status).toBe(201);
    });
    afterAll(() => site.stop());

    const upload = (filename: string, notes: string): Promise<Response> => {
      const form = new FormData();
      form.set('notes', notes);
      form.set('file', new Blob(['x']), filename);
      return fetch(`${site.url}/api/admin/upload`, {
        method: 'POST',
        headers: { authorization: `Bearer ${site.admin.token}` },
        body: form,
      });
    };
    const notesOf = async (filename: string): Promise<unknown> =>
      ((await (await site.admin.send('GET', `packages/${filename}`)).json()) as { notes: unknown }).notes;

    it.each([...bad, '\ud800'])('is refused as a field of the API: %j', async (notes) => {
      const response = await site.admin.send('PATCH', 'packages/known.pkg', { notes });
      expect([response.status, await notesOf('known.pkg')]).toEqual([400, 'as it was']);
      expect((await site.admin.send('POST', 'about/update', { name: `Name ${notes}` })).status).toBe(400);
    });

    it.each(bad)('is refused as a field of a form: %j', async (notes) => {
      expect((await upload('form.pkg', notes)).status).toBe(400);
      expect((await site.admin.send('GET', 'packages/form.pkg')).status).toBe(404);
    });

    it.each(bad)('is refused in the metadata of a resumable upload: %j', async (notes) => {
      const response = await fetch(`${site.url}/api/admin/upload/resumable`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${site.admin.token}`,
          'tus-resumable': '1.0.0',
          'upload-length': '1',
          'upload-metadata': `filename ${base64('tus.pkg')},notes ${base64(notes)}`,
        },
      });
      expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('notes')]);
    });

    it('is not one that has lines, tabs and signs of every script', async () => {
      const notes = 'Grüße\r\n\tzwei 👩‍👩‍👧 日本';
      expect((await site.admin.send('PATCH', 'packages/known.pkg', { notes })).status).toBe(200);
      expect(await notesOf('known.pkg')).toBe(notes);
      await site.admin.send('PATCH', 'packages/known.pkg', { notes: 'as it was' });
    });
  }),
);
