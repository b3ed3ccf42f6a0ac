import { createHash, randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { DiskFull } from '../errors/common.errors.js';
import type { PackageStore } from './package-store.js';

const newId = () => randomBytes(16).toString('hex');

/** Writes a short staging file. */
export async function stage(store: PackageStore, id: string, content: string): Promise<void> {
  const staging = await store.createStaging(id, null);
  const buffer = await staging.writer.take();
  const bytes = Buffer.from(content);
  buffer.set(bytes);
  if (bytes.length > 0) await staging.writer.write(0, buffer, bytes.length);
  await staging.close();
}

/** A content that is there, whole. Answers its uuid. */
export async function published(store: PackageStore, content: string): Promise<string> {
  const uuid = newId();
  await stage(store, `t-${uuid}`, content);
  await store.publish(`t-${uuid}`, uuid, 1_500_000_000_000);
  return uuid;
}

const read = async (store: PackageStore, uuid: string): Promise<string> => text((await store.open(uuid)).createReadStream());

/** What every PackageStore promises. `free` sets how many bytes it thinks are free, the reserve taken off. */
export function packageStoreContract(open: () => Promise<PackageStore>): void {
  let store: PackageStore;
  beforeEach(async () => {
    store = await open();
  });

  it('knows whether a server has been here, and does not take the mark for a content', async () => {
    expect(await store.isMarked()).toBe(false);
    await store.mark();
    await store.mark();
    expect(await store.isMarked()).toBe(true);
    expect(await store.listContent()).toEqual([]);
  });

  describe('staging', () => {
    it('starts empty, also where an earlier file had the same name', async () => {
      await stage(store, 'one', 'left over and longer');
      await stage(store, 'one', 'new');
      await store.publish('one', newId(), 0);
      expect(await store.listContent()).toMatchObject([{ size: 3 }]);
    });

    it('keeps what was written for the process that opens it again', async () => {
      await stage(store, 'one', 'kept');
      const again = await store.openStaging('one');
      const sha1 = createHash('sha1').update('kept').digest();
      expect(await again!.writer.recheck(0, 4, sha1)).toBe(true);
      await again!.close();
      expect(await text((await store.readStaging('one'))!.createReadStream())).toBe('kept');
    });

    it('says when there is no such file', async () => {
      expect(await store.openStaging('none')).toBeNull();
      expect(await store.readStaging('none')).toBeNull();
      await store.discardStaging('none');
      await store.touchStaging('none', 0);
    });

    it('lists what is there with its age, and a touch makes it young', async () => {
      await stage(store, 'one', '12345');
      const later = Date.now() + 3_600_000;
      await store.touchStaging('one', later);
      expect(await store.listStaging()).toEqual([{ name: 'one', size: 5, touchedMs: expect.closeTo(later, -1) }]);
      await store.discardStaging('one');
      expect(await store.listStaging()).toEqual([]);
    });

    it.each(['../escape', 'a/b', '', 'UPPER', 'x'.repeat(81)])('takes no name that could lead elsewhere: %j', async (id) => {
      await expect(async () => store.createStaging(id, null)).rejects.toThrow('not a name of the store');
    });
  });

  describe('publishing', () => {
    it('makes the staging file the content', async () => {
      const uuid = await published(store, 'hello');
      expect(await read(store, uuid)).toBe('hello');
      expect(await store.has(uuid, 5)).toBe(true);
      expect(await store.has(uuid, 6)).toBe(false);
      expect(await store.listStaging()).toEqual([]);
    });

    it('dates the file like the package', async () => {
      const handle = await store.open(await published(store, 'hello'));
      expect((await handle.stat()).mtimeMs).toBe(1_500_000_000_000);
      await handle.close();
    });

    it('may be asked twice: a crash can come between the rename and the commit', async () => {
      const uuid = await published(store, 'hello');
      await store.publish(`t-${uuid}`, uuid, 0);
      expect(await read(store, uuid)).toBe('hello');
    });

    it('fails when there is neither staging file nor content', async () => {
      await expect(store.publish('never', newId(), 0)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('lists contents only, by uuid', async () => {
      const uuid = await published(store, 'hello');
      expect(await store.listContent()).toEqual([{ name: uuid, size: 5, touchedMs: expect.any(Number) }]);
      await store.remove(uuid);
      await store.remove(uuid);
      expect(await store.listContent()).toEqual([]);
      await expect(store.open(uuid)).rejects.toMatchObject({ code: 'ENOENT' });
      expect(await store.has(uuid, 5)).toBe(false);
    });

    it('lets a reader that has it open finish although it is removed', async () => {
      const uuid = await published(store, 'hello');
      const handle = await store.open(uuid);
      await store.remove(uuid);
      expect(await text(handle.createReadStream())).toBe('hello');
    });
  });

  describe('the share', () => {
    it('shows a content under its public name, to the letter', async () => {
      const uuid = await published(store, 'hello');
      const name = 'Büro + Café (1) %2B.pkg';
      await store.expose(uuid, name);
      expect(await store.listExposed()).toEqual([name]);
      expect(await store.isExposed(uuid, name)).toBe(true);
    });

    it('replaces what had the name, and may be asked twice', async () => {
      const [old, young] = [await published(store, 'old'), await published(store, 'young')];
      await store.expose(old, 'a.pkg');
      await store.expose(young, 'a.pkg');
      await store.expose(young, 'a.pkg');
      expect(await store.isExposed(young, 'a.pkg')).toBe(true);
      expect(await store.isExposed(old, 'a.pkg')).toBe(false);
      expect(await read(store, old)).toBe('old');
    });

    it('hides a name and keeps the content', async () => {
      const uuid = await published(store, 'hello');
      await store.expose(uuid, 'a.pkg');
      await store.hide('a.pkg');
      await store.hide('a.pkg');
      expect(await store.listExposed()).toEqual([]);
      expect(await store.isExposed(uuid, 'a.pkg')).toBe(false);
      expect(await read(store, uuid)).toBe('hello');
    });

    it('does not show what is not there', async () => {
      await expect(store.expose(newId(), 'a.pkg')).rejects.toMatchObject({ code: 'ENOENT' });
      expect(await store.listExposed()).toEqual([]);
    });

    it('takes many names at once', async () => {
      const uuid = await published(store, 'hello');
      await Promise.all(Array.from({ length: 50 }, (_, index) => store.expose(uuid, `${index % 5}.pkg`)));
      expect((await store.listExposed()).sort()).toEqual(['0.pkg', '1.pkg', '2.pkg', '3.pkg', '4.pkg']);
    });
  });

  it('refuses what would eat the reserve', async () => {
    const free = await store.freeBytes();
    expect(free).toBeGreaterThan(0);
    await store.requireRoom(0);
    await expect(store.requireRoom(free * 2)).rejects.toThrow(DiskFull);
  });
}
