import { filenameKey } from '#libs/packages/filename.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { aMetadata } from '#libs/packages/titles/a-metadata.testing.js';
import { PackageMetadataRepository } from '#libs/packages/titles/package-metadata.repository.js';
import { RetentionService } from '#libs/retention/retention.service.js';
import { forEachDatabase } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { ods } from '../support/ods-command.js';
import { JamfAdmin } from '../jamf/jamf-admin.js';

interface Item {
  readonly filename: string;
  readonly reason: string;
}

interface Plan {
  readonly removals: number;
  readonly kept: number;
  readonly remove: Item[];
  readonly keep: Item[];
}

interface Settings {
  readonly automatic: boolean;
  readonly ran_ts: number | null;
  readonly removed: number;
  readonly held: number;
}

const keepTwo = { keep: 2, min_age_days: 0 };

/** An administrator with old versions. */
class Archive {
  constructor(readonly site: JamfAdmin) {}

  static async start(env: Readonly<Record<string, string>>): Promise<Archive> {
    return new Archive(await JamfAdmin.start(env));
  }

  async call<T>(method: string, path: string, body?: object): Promise<{ status: number; body: T }> {
    const response = await this.site.caller.send(method, path, body);
    const text = await response.text();
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as T };
  }

  /** Uploaded, and known to be a version of one title: what inspections find is their own tests' subject. */
  async add(version: string, teamId = 'ABCDE12345'): Promise<void> {
    const filename = `Demo-${version}.pkg`;
    await this.site.upload(filename, version);
    const { app } = this.site.app;
    const { uuid } = (await app.get(PackageRepository).findByKey(filenameKey(filename)))!;
    const metadata = app.get(PackageMetadataRepository);
    await eventually(async () => expect(await metadata.find(uuid)).not.toBeNull()); // the inspection of the text is over
    await metadata.save(aMetadata({ uuid, version, teamId, parser: 1_000 })); // of no parser that reads it again
  }

  async names(): Promise<string[]> {
    const { body } = await this.call<{ items: Item[] }>('GET', 'packages?limit=200');
    return body.items.map(({ filename }) => filename).sort();
  }

  plan = async (): Promise<Plan> => (await this.call<Plan>('GET', 'retention/plan')).body;
  settings = async (): Promise<Settings> => (await this.call<Settings>('GET', 'retention')).body;
  set = (rules: readonly object[], automatic = false) => this.call<Settings>('PUT', 'retention', { rules, automatic });

  /** A day has passed. */
  runDaily(): Promise<void> {
    return this.site.app.app.get(RetentionService).runDaily(new AbortController().signal);
  }

  async heldEvents(): Promise<number> {
    const { body } = await this.call<{ items: { action: string }[] }>('GET', 'audit?limit=200');
    return body.items.filter(({ action }) => action === 'retention.held').length;
  }
}

forEachDatabase((database) => {
  describe('old versions', () => {
    let archive: Archive;
    beforeAll(async () => {
      archive = await Archive.start({ DATABASE_URL: database.url });
      for (const version of ['1.0', '1.9', '1.10', '1.2']) await archive.add(version);
      await archive.add('99', 'ZZZZZ99999');
      await archive.site.upload('notes.txt', 'no title');
    });
    afterAll(() => archive?.site.stop());

    it('stay while there is no rule', async () => {
      expect(await archive.plan()).toEqual({ removals: 0, bytes: 0, kept: 0, remove: [], keep: [] });
      expect((await archive.call('POST', 'retention/apply?confirm=1')).status).toBe(409);
    });

    it('are planned by rules that are not saved', async () => {
      const { body } = await archive.call<Plan>('POST', 'retention/preview', { rules: [keepTwo] });
      expect(body.remove.map(({ filename, reason }) => [filename, reason])).toEqual([
        ['Demo-1.0.pkg', '2 newer versions are in Prod here.'],
        ['Demo-1.2.pkg', '2 newer versions are in Prod here.'],
      ]);
      expect(body.keep.map(({ filename }) => filename).sort()).toEqual(['Demo-1.10.pkg', 'Demo-1.9.pkg', 'Demo-99.pkg', 'notes.txt']);
      expect(await archive.settings()).toMatchObject({ automatic: false, rules: [] });
    });

    it.each([
      ['no number', { keep: undefined }],
      ['none kept', { keep: 0 }],
      ['half a version', { keep: 1.5 }],
      ['an age before time', { keep: 1, min_age_days: -1 }],
      ['a stage that is none', { keep: 1, stage: 'Live' }],
      ['a NUL in a name', { keep: 1, filename: 'a\u0000b' }],
      ['a field that is not known', { keep: 1, maximum: 3 }],
    ])('are not ruled by %s', async (_what, rule) => {
      expect((await archive.set([rule])).status).toBe(400);
      expect(await archive.settings()).toMatchObject({ rules: [] });
    });

    it('are not removed while they are young, and the first rule that fits decides', async () => {
      expect((await archive.set([{ keep: 1 }])).status).toBe(200);
      expect(await archive.plan()).toMatchObject({ removals: 0, kept: 6 });
      await archive.set([{ keep: 1_000, filename: 'demo-1.0*' }, keepTwo]);
      expect((await archive.plan()).remove.map(({ filename }) => filename)).toEqual(['Demo-1.2.pkg']);
    });

    it('are removed when their number is confirmed, and can be restored', async () => {
      await archive.set([keepTwo]);
      for (const query of ['', '?confirm=1', '?confirm=3']) {
        const { status, body } = await archive.call<{ type: string; detail: string }>('POST', `retention/apply${query}`);
        expect([status, body.type]).toEqual([409, 'urn:ods:problem:retention-unconfirmed']);
        expect(body.detail).toContain('2 packages would be removed now');
      }
      expect((await archive.call('POST', 'retention/apply?confirm=two')).status).toBe(400);
      expect(await archive.call('POST', 'retention/apply?confirm=2')).toEqual({ status: 200, body: { removed: 2, remaining: 0 } });
      expect(await archive.names()).toEqual(['Demo-1.10.pkg', 'Demo-1.9.pkg', 'Demo-99.pkg', 'notes.txt']);
      expect((await archive.call('POST', 'packages/Demo-1.0.pkg/restore')).status).toBe(200);
      expect(await archive.call('POST', 'retention/apply?confirm=1')).toMatchObject({ body: { removed: 1 } });
    });

    it('are removed daily only when that is switched on', async () => {
      await archive.add('1.11');
      await archive.runDaily();
      await archive.set([keepTwo], true);
      expect(await archive.settings()).toMatchObject({ automatic: true, ran_ts: null });
      expect(await archive.names()).toContain('Demo-1.9.pkg');
      await archive.runDaily();
      expect(await archive.settings()).toMatchObject({ removed: 1, held: 0, ran_ts: expect.any(Number) });
      expect(await archive.names()).toEqual(['Demo-1.10.pkg', 'Demo-1.11.pkg', 'Demo-99.pkg', 'notes.txt']);
    });
  });
});

describe('old versions, with ods', () => {
  let archive: Archive;
  beforeAll(async () => {
    archive = await Archive.start({});
    for (const version of ['1.0', '1.1', '1.2']) await archive.add(version);
  });
  afterAll(() => archive?.site.stop());
  const retention = (...words: string[]) =>
    ods(['retention', ...words], { ODS_URL: archive.site.app.url, ODS_TOKEN: archive.site.caller.token });

  it('are planned, and removed when their number is given', async () => {
    expect(await retention('plan')).toMatchObject({ code: 0, out: 'Nothing would be removed; 0 packages that a rule fits stay.\n' });
    await archive.set([{ keep: 1, min_age_days: 0 }]);
    const { code, out } = await retention('plan');
    expect([code, out.split('\n').map((line) => line.split(/ {2,}/))]).toEqual([
      0,
      [
        ['FILENAME', 'VERSION', 'STAGE', 'WHY'],
        ['Demo-1.0.pkg', '1.0', 'Prod', 'A newer version is in Prod here.'],
        ['Demo-1.1.pkg', '1.1', 'Prod', 'A newer version is in Prod here.'],
        ['Remove them everywhere with: ods retention apply --confirm 2'],
        [''],
      ],
    ]);
    expect(JSON.parse((await retention('plan', '--json')).out)).toMatchObject({ removals: 2, kept: 1 });
    for (const words of [[], ['clean'], ['apply'], ['apply', '--confirm', 'all']]) expect((await retention(...words)).code).toBe(2);
    expect(await retention('apply', '--confirm', '3')).toMatchObject({ code: 1, error: expect.stringContaining('send confirm=2') });
    expect(await archive.names()).toHaveLength(3);
    expect(await retention('apply', '--confirm', '2')).toMatchObject({ code: 0, out: 'Removed: 2. They can be restored for a while.\n' });
    expect(await archive.names()).toEqual(['Demo-1.2.pkg']);
  });
});

describe('the daily removal of old versions', () => {
  let archive: Archive;
  beforeAll(async () => {
    archive = await Archive.start({ MASS_DELETE_PACKAGES: '2', MASS_DELETE_PERCENT: '1' });
    for (const version of ['1.0', '1.1', '1.2', '1.3']) await archive.add(version);
  });
  afterAll(() => archive?.site.stop());

  it('asks a person when it is too much at once, and says so once', async () => {
    await archive.set([{ keep: 1, min_age_days: 0 }], true);
    await archive.runDaily();
    await archive.runDaily();
    expect(await archive.settings()).toMatchObject({ removed: 0, held: 3 });
    expect(await archive.heldEvents()).toBe(1);
    expect(await archive.names()).toHaveLength(4);
    expect(await archive.call('POST', 'retention/apply?confirm=3')).toMatchObject({ body: { removed: 3 } });
  });
});

describe('old versions that Jamf Pro knows', () => {
  let archive: Archive;
  beforeAll(async () => {
    archive = await Archive.start({});
    for (const version of ['1.0', '1.1', '1.2']) await archive.add(version);
    await archive.site.upload('Demo-1.0.txt', 'no rule for Jamf Pro');
    await archive.set([{ keep: 1, min_age_days: 0 }]);
  });
  afterAll(() => archive?.site.stop());

  const reasons = async () => Object.fromEntries((await archive.plan()).keep.map(({ filename, reason }) => [filename, reason]));

  it('stay while it is not known whether they are needed', async () => {
    archive.site.jamf.knobs.maintenance = true;
    await archive.site.connect();
    expect(await archive.plan()).toMatchObject({ removals: 0 });
    expect((await reasons())['Demo-1.0.pkg']).toContain('were not compared with Jamf Pro within a day');
    archive.site.jamf.knobs.maintenance = false;
  });

  it('stay while a record names them, and go when it was deleted there', async () => {
    const { jamf } = archive.site;
    const record = jamf.packages.add({ packageName: 'Demo', fileName: 'Demo-1.0.pkg' });
    await archive.site.call('POST', 'compare');
    await eventually(async () => expect((await archive.plan()).remove.map(({ filename }) => filename)).toEqual(['Demo-1.1.pkg']));
    expect((await reasons())['Demo-1.0.pkg']).toBe('A package record in Jamf Pro names it.');
    jamf.packages.table.write(record.id, null, null);
    await archive.site.call('POST', 'compare');
    await eventually(async () => expect((await archive.plan()).removals).toBe(2));
  });
});
