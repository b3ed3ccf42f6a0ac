import { randomBytes } from 'node:crypto';
import { CatalogClock } from '#libs/entities/catalog-clock.entity.js';
import { Content } from '#libs/entities/content.entity.js';
import { Job } from '#libs/entities/job.entity.js';
import { localIdentity, User } from '#libs/entities/user.entity.js';
import { forEachDatabase } from '../support/databases.js';
import { openPrepared, type PreparedDatabase } from '../support/prepared-database.js';

const aContent = (overrides: Partial<Content> = {}): Content => ({
  uuid: randomBytes(16).toString('hex'),
  filename: 'Firefox.pkg',
  filenameKey: 'firefox.pkg',
  size: 1,
  sha1: 'a'.repeat(40),
  sha256: 'b'.repeat(64),
  manifestSha256: 'c'.repeat(64),
  manifest: null,
  rootAlg: null,
  rootHash: null,
  blocks: null,
  digestsUnverified: null,
  refusal: null,
  state: 'held',
  stage: 'Prod',
  createdMs: 1_790_000_000_000,
  originIss: 'd'.repeat(32),
  retireAfterMs: null,
  keepUntilMs: null,
  releaseId: null,
  verifiedMs: 1,
  ...overrides,
});

const aUser = (usernameKey: string): Omit<User, 'id'> => ({
  username: usernameKey,
  usernameKey,
  passwordHash: 'x',
  role: 'viewer',
  mustChangePassword: false,
  disabled: true,
  service: false,
  ...localIdentity,
  createdMs: 1,
  lastLoginMs: null,
});

const aJob = (payload: unknown): Job => ({
  id: randomBytes(16).toString('hex'),
  type: 'test',
  dedupeKey: null,
  payload,
  state: 'due',
  dueMs: 1,
  lease: null,
  again: false,
  attempts: 0,
  lastError: null,
  createdMs: 1,
});

forEachDatabase((database) => {
  let prepared: PreparedDatabase;
  beforeAll(async () => {
    prepared = await openPrepared(database.url);
  });
  afterAll(() => prepared.close());

  const roundTrip = async (content: Content): Promise<Content> => {
    await prepared.db.manager.insert(Content, content);
    return prepared.db.manager.findOneByOrFail(Content, { uuid: content.uuid });
  };

  it.each([0, 1, 2 ** 31, 2 ** 32 + 1, 1_790_000_000_123, Number.MAX_SAFE_INTEGER])('keeps the number %d exactly', async (size) => {
    const content = aContent({ size, retireAfterMs: size });
    expect(await roundTrip(content)).toEqual(content);
  });

  it('finds, sorts and sums large numbers as numbers', async () => {
    const sizes = [9, 10, 2 ** 40, Number.MAX_SAFE_INTEGER];
    const originIss = randomBytes(16).toString('hex');
    for (const size of sizes) await prepared.db.manager.insert(Content, aContent({ size, originIss }));
    const found = await prepared.db.manager.find(Content, { where: { originIss }, order: { size: 'ASC' } });
    expect(found.map(({ size }) => size)).toEqual(sizes);
    expect(await prepared.db.manager.countBy(Content, { originIss, size: Number.MAX_SAFE_INTEGER })).toBe(1);
  });

  it.each([0, 1, 20, 65_536, 2 * 2 ** 20, 7 * 2 ** 20])('keeps %d raw bytes as they are', async (length) => {
    const content = aContent({ manifest: randomBytes(length) });
    const { manifest } = await roundTrip(content);
    expect(Buffer.isBuffer(manifest)).toBe(true);
    expect(manifest!.equals(content.manifest!)).toBe(true);
  });

  it('keeps 8 MiB, or says that its server takes no such statement and continues', async () => {
    const content = aContent({ manifest: randomBytes(8 * 2 ** 20) });
    if (database.kind === 'mariadb') {
      // Bytes travel as hexadecimal text, and 16 MiB is where MariaDB's default max_allowed_packet ends.
      await expect(roundTrip(content)).rejects.toThrow('max_allowed_packet');
      expect(await prepared.db.transaction(() => prepared.db.manager.countBy(Content, { uuid: content.uuid }))).toBe(0);
    } else {
      expect((await roundTrip(content)).manifest!.equals(content.manifest!)).toBe(true);
    }
  });

  it.each(['Grüße 日本語.pkg', '🎉👩‍💻.pkg', 'it\'s \\ "quoted" % _ `x`; DROP TABLE content.pkg', 'e\u0301', ' leading'])(
    'keeps the text %j as it is, and finds it',
    async (filename) => {
      const content = aContent({ filename, filenameKey: filename });
      expect(await roundTrip(content)).toEqual(content);
      expect(await prepared.db.manager.countBy(Content, { filenameKey: filename, uuid: content.uuid })).toBe(1);
    },
  );

  it.each(['a', 'é', '🎉'])('keeps the longest names of %s', async (letter) => {
    // SQL Server counts UTF-16 units. A filename has 255 bytes at most, and so never more units than that.
    const length = database.kind === 'mssql' ? letter.length : 1;
    const content = aContent({ filename: letter.repeat(255 / length), filenameKey: letter.repeat(510 / length) });
    expect(await roundTrip(content)).toEqual(content);
  });

  it('distinguishes names by case, accent and composition, and takes none twice', async () => {
    const names = ['name', 'Name', 'NAME', 'näme', 'na\u0308me', 'namé', 'ñame', 'name2', 'ß', 'ss', 'ſ', 's', 'i', 'ı', 'İ', '🎉', '👩'];
    for (const name of names) await prepared.db.manager.insert(User, aUser(name));
    for (const name of names) {
      await expect(prepared.db.manager.insert(User, aUser(name))).rejects.toThrow(/unique|duplicate/i);
      expect((await prepared.db.manager.findBy(User, { usernameKey: name })).map(({ username }) => username)).toEqual([name]);
    }
  });

  it('gives booleans, numbers and nulls back as what they are', async () => {
    await prepared.db.manager.insert(User, aUser('types'));
    const { id: _id, ...user } = await prepared.db.manager.findOneByOrFail(User, { usernameKey: 'types' });
    expect(user).toEqual(aUser('types'));
    await prepared.db.manager.insert(CatalogClock, { id: 7, epoch: 'e', seq: 1, wallMs: 2, counter: 3, durableSeq: 1 });
    expect(await prepared.db.manager.findOneByOrFail(CatalogClock, { id: 7 })).toEqual({
      id: 7,
      epoch: 'e',
      seq: 1,
      durableSeq: 1,
      wallMs: 2,
      counter: 3,
    });
  });

  it.each([{}, { text: 'é🎉\n"', list: [1, null, { deep: true }] }, [], 'text', 7, { big: 'x'.repeat(50_000) }])(
    'keeps the payload %#',
    async (payload) => {
      const job = aJob(payload);
      await prepared.db.manager.insert(Job, job as never);
      expect(await prepared.db.manager.findOneByOrFail(Job, { id: job.id })).toEqual(job);
    },
  );

  it('says how many rows a change has met, also when it changes nothing', async () => {
    const job = aJob({});
    await prepared.db.manager.insert(Job, job as never);
    const { id } = job;
    expect((await prepared.db.manager.update(Job, { id }, { again: true })).affected).toBe(1);
    expect((await prepared.db.manager.update(Job, { id }, { again: true })).affected).toBe(1); // MySQL alone would say 0
    expect((await prepared.db.manager.update(Job, { id, again: false }, { again: true })).affected).toBe(0);
    expect((await prepared.db.manager.delete(Job, { id })).affected).toBe(1);
    expect((await prepared.db.manager.delete(Job, { id })).affected).toBe(0);
  });
});
