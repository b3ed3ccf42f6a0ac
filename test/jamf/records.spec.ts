import { createHash } from 'node:crypto';
import { DomainEvent } from '#libs/entities/domain-event.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { auditOf } from '../support/audit.js';
import { eventually } from '../support/eventually.js';
import type { FakeJamf } from '../support/fake-jamf/fake-jamf.js';
import { JamfAdmin } from './jamf-admin.js';

const hex = (kind: string, content: string): string => createHash(kind).update(content).digest('hex');

describe('package records in Jamf Pro', () => {
  let site: JamfAdmin;
  let jamf: FakeJamf;

  beforeEach(async () => {
    site = await JamfAdmin.start();
    ({ jamf } = site);
  });
  afterEach(() => site.stop());

  const eventsOf = (type: string) => site.app.app.get(Database).manager.findBy(DomainEvent, { type });

  it('are only looked at until an administrator confirms what would be written', async () => {
    jamf.packages.add({ packageName: 'There before', fileName: 'there.pkg', hashType: 'SHA_512', hashValue: hex('sha512', 'there') });
    await site.upload('there.pkg', 'there');
    await site.upload('new.pkg', 'new');
    await site.upload('notes.txt', 'no rule maps it');
    expect(await site.keep()).toMatchObject({ status: 404, body: { type: 'urn:ods:problem:jamf-not-set-up' } });
    await site.connect();
    await site.settlesAt({ 'there.pkg': 'in_step', 'new.pkg': 'to_create' });
    expect(jamf.writes).toEqual([]);
    const settings = { mode: 'write', hash_type: 'SHA_512', gate: 'here', create_missing: true };
    await eventually(async () => expect((await site.overview()).compared_ts).not.toBeNull());
    expect(await site.call('PUT', 'settings', settings)).toMatchObject({
      status: 409,
      body: { type: 'urn:ods:problem:jamf-writing-not-confirmed', detail: expect.stringContaining('1 package records would be made') },
    });
    expect((await site.keep()).status).toBe(200);
    await site.settlesAt({ 'there.pkg': 'in_step', 'new.pkg': 'in_step' });
    expect(jamf.records).toEqual([
      expect.objectContaining({ fileName: 'there.pkg', packageName: 'There before' }),
      expect.objectContaining({ fileName: 'new.pkg', packageName: 'new.pkg', hashType: 'SHA_512', hashValue: hex('sha512', 'new') }),
    ]);
    expect((await auditOf(site.app)).filter(({ action }) => action === 'jamf.record_written')).toHaveLength(1);
  });

  it('are written again for another content, with every field that somebody edited as it was', async () => {
    await site.upload('a.pkg', 'one');
    await site.connect();
    await site.settlesAt({ 'a.pkg': 'to_create' });
    await site.keep();
    await site.settlesAt({ 'a.pkg': 'in_step' });
    const made = jamf.records[0]!;
    jamf.packages.table.write(
      made.id,
      { ...made, notes: 'Do not touch: legal', info: 'Ask first', fillUserTemplate: true, futureField: { a: 1 } },
      null,
    );
    await site.upload('a.pkg', 'two');
    await eventually(() => expect(jamf.records[0]).toMatchObject({ hashValue: hex('sha512', 'two') }), { timeoutMs: 30_000 });
    expect(jamf.records[0]).toMatchObject({ notes: 'Do not touch: legal', info: 'Ask first', fillUserTemplate: true });
    const put = jamf.writes.filter(({ method }) => method === 'PUT');
    expect(put).toHaveLength(1);
    expect(JSON.parse(put[0]!.body)).toMatchObject({ futureField: { a: 1 } });
    await site.settlesAt({ 'a.pkg': 'in_step' });
    expect((await site.lines())[0]!.pinned).toEqual(['info']);
    jamf.book.length = 0;
    await site.compared();
    await site.compared();
    expect(jamf.writes).toEqual([]); // nothing differs, nothing is written

    const { body } = await site.call<{ diff: { field: string; decision: string; in_jamf: string }[] }>(
      'GET',
      `records/${await site.idOf('a.pkg')}`,
    );
    expect(body.diff.find(({ field }) => field === 'info')).toMatchObject({ decision: 'kept', in_jamf: 'Ask first' });
    expect((await site.call('POST', `records/${await site.idOf('a.pkg')}/release`, { fields: ['info'] })).status).toBe(200);
    await eventually(() => expect(jamf.records[0]).toMatchObject({ info: '', notes: 'Do not touch: legal' }));
  });

  it('that carry another hash are left alone until an administrator decides', async () => {
    for (const name of ['ods', 'jamf'])
      jamf.packages.add({ packageName: name, fileName: `${name}.pkg`, info: 'mine', hashType: 'MD5', hashValue: 'f'.repeat(32) });
    await site.upload('ods.pkg', 'ods');
    await site.upload('jamf.pkg', 'jamf');
    await site.connect();
    await site.settlesAt({ 'ods.pkg': 'edited_hash', 'jamf.pkg': 'edited_hash' });
    await site.keep();
    await site.compared();
    expect(jamf.writes).toEqual([]);
    for (const use of ['ods', 'jamf'])
      expect((await site.call('POST', `records/${await site.idOf(`${use}.pkg`)}/resolve`, { use })).status).toBe(200);
    await site.settlesAt({ 'ods.pkg': 'in_step', 'jamf.pkg': 'edited_hash' });
    expect(jamf.records).toEqual([
      expect.objectContaining({
        fileName: 'ods.pkg',
        packageName: 'ods',
        info: 'mine',
        hashType: 'SHA_512',
        hashValue: hex('sha512', 'ods'),
      }),
      expect.objectContaining({ fileName: 'jamf.pkg', hashType: 'MD5', hashValue: 'f'.repeat(32) }),
    ]);
    await eventually(async () =>
      expect((await site.lines()).find(({ filename }) => filename === 'jamf.pkg')!.reason).toContain('Kept as it is in Jamf Pro'),
    );
    expect(await site.call('POST', `records/${await site.idOf('ods.pkg')}/resolve`, { use: 'ods' })).toMatchObject({ status: 409 });
    expect(await site.call('POST', 'records/999/resolve', { use: 'ods' })).toMatchObject({ status: 404 });
  });

  it('keep what an administrator decided while they were being compared', async () => {
    jamf.packages.add({ packageName: 'Old', fileName: 'old.pkg', hashType: 'MD5', hashValue: 'f'.repeat(32) });
    await site.upload('old.pkg', 'old');
    await site.connect();
    await site.settlesAt({ 'old.pkg': 'edited_hash' });
    await site.keep();
    await site.compared();
    const id = await site.idOf('old.pkg');
    const lists = () => jamf.book.filter(({ path }) => path.startsWith('/api/v1/packages?')).length;
    const before = lists();
    jamf.knobs.slowMs = 400;
    await site.call('POST', 'compare');
    await eventually(() => expect(jamf.underWay.some((path) => path.startsWith('/api/v1/packages?')) || lists() > before).toBe(true), {
      everyMs: 5,
    });
    jamf.knobs.slowMs = 0; // the list that is under way was read slowly; the decision is not
    expect((await site.call('POST', `records/${id}/resolve`, { use: 'ods' })).status).toBe(200);
    await site.settlesAt({ 'old.pkg': 'in_step' });
  });

  it('that are deleted, doubled or left over in Jamf Pro are told, and nothing is written over that', async () => {
    for (const name of ['gone', 'twice', 'left']) await site.upload(`${name}.pkg`, name);
    await site.connect();
    await site.settlesAt({ 'gone.pkg': 'to_create', 'twice.pkg': 'to_create', 'left.pkg': 'to_create' });
    await site.keep();
    await site.settlesAt({ 'gone.pkg': 'in_step', 'twice.pkg': 'in_step', 'left.pkg': 'in_step' });
    const record = (name: string) => jamf.records.find(({ fileName }) => fileName === `${name}.pkg`)!;
    jamf.packages.table.write(record('gone').id, null, null);
    jamf.packages.add({ packageName: 'Second', fileName: 'TWICE.pkg' });
    expect((await site.caller.send('DELETE', 'packages/left.pkg?confirm=true')).status).toBeLessThan(300);
    jamf.book.length = 0;
    await site.settlesAt({ 'gone.pkg': 'missing_in_jamf', 'twice.pkg': 'conflict', 'left.pkg': 'orphan' });
    await site.compared();
    expect(jamf.writes).toEqual([]);
    expect((await site.lines()).find(({ filename }) => filename === 'twice.pkg')!.reason).toContain('"Second"');
    await site.call('POST', `records/${await site.idOf('gone.pkg')}/resolve`, { use: 'ods' });
    await eventually(() => expect(record('gone')).toMatchObject({ hashValue: hex('sha512', 'gone') }));
    expect(await eventsOf('jamf.drift_found')).not.toEqual([]);
  });

  it('follow the rules: which have one, with which name and category', async () => {
    await site.upload('app-1.2.pkg', 'app');
    await site.upload('tool.dmg', 'tool');
    await site.upload('secret.pkg', 'secret');
    const rules = [
      { include: false, filename: 'SECRET*' },
      {
        include: true,
        filename: '*.pkg',
        category: 'applications',
        priority: 5,
        name_template: '{title} {version}',
        info_template: 'by ODS',
      },
      { include: true, filename: '*.dmg', category: 'Nowhere' },
    ];
    expect(await site.call('PUT', 'rules', { items: rules })).toMatchObject({
      status: 200,
      body: { preview: { matched: 2, not_matched: 1 } },
    });
    expect(await site.call('POST', 'rules/preview', { items: [] })).toMatchObject({ status: 200, body: { matched: 0, not_matched: 3 } });
    await site.connect();
    await site.settlesAt({ 'app-1.2.pkg': 'to_create', 'tool.dmg': 'to_create' });
    expect(await site.call('GET', 'categories')).toMatchObject({ status: 200, body: { items: [{ id: '1', name: 'Applications' }] } });
    expect((await site.lines()).find(({ filename }) => filename === 'tool.dmg')!.reason).toContain('no category "Nowhere"');
    await site.keep();
    await site.settlesAt({ 'app-1.2.pkg': 'in_step', 'tool.dmg': 'in_step' });
    expect(jamf.records.find(({ fileName }) => fileName === 'app-1.2.pkg')).toMatchObject({ categoryId: '1', priority: 5, info: 'by ODS' });
    expect(jamf.records.find(({ fileName }) => fileName === 'tool.dmg')).toMatchObject({ categoryId: '-1' });
  });

  it('are made once when the answer to making them is lost', async () => {
    await site.upload('lost.pkg', 'lost');
    await site.connect();
    await site.settlesAt({ 'lost.pkg': 'to_create' });
    jamf.knobs.dropAfterWrite = true;
    await site.keep();
    await site.settlesAt({ 'lost.pkg': 'in_step' });
    expect(jamf.records).toHaveLength(1);
    expect(jamf.writes.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('are put back, once, when Jamf Pro does not keep what it was sent', async () => {
    jamf.packages.add({ packageName: 'Kept', fileName: 'kept.pkg', notes: 'legal', futureField: 'x' });
    await site.upload('kept.pkg', 'kept');
    await site.connect();
    await site.settlesAt({ 'kept.pkg': 'to_update' });
    jamf.knobs.loses = 'notes';
    await site.keep();
    await site.settlesAt({ 'kept.pkg': 'failed' });
    expect((await site.lines())[0]!.reason).toContain('other values than were sent in notes');
    const [first, second, ...further] = jamf.writes.map(({ method, body }) => [method, JSON.parse(body) as object]);
    expect([first, second, further]).toMatchObject([
      ['PUT', { hashValue: hex('sha512', 'kept'), notes: 'legal', futureField: 'x' }],
      ['PUT', { hashValue: null, notes: 'legal', futureField: 'x' }],
      [],
    ]);
    jamf.knobs.loses = null;
    expect((await site.call('POST', `records/${await site.idOf('kept.pkg')}/resolve`, { use: 'ods' })).status).toBe(200);
    await site.settlesAt({ 'kept.pkg': 'in_step' });
  });

  it('are written with the kind of hash that is asked for, also SHA3-512, and every server has to have the content when that is asked', async () => {
    await site.upload('sha3.pkg', 'sha3');
    await site.connect();
    await site.settlesAt({ 'sha3.pkg': 'to_create' });
    await site.keep({ hash_type: 'SHA3_512', gate: 'all_servers' });
    await site.settlesAt({ 'sha3.pkg': 'in_step' });
    expect(jamf.records[0]).toMatchObject({ hashType: 'SHA3_512', hashValue: hex('sha3-512', 'sha3') });
    jamf.knobs.version = '11.20.0';
    await eventually(async () => {
      await site.call('POST', 'compare');
      expect((await site.call<{ last_error: string | null }>('GET', 'connection')).body.last_error).toContain('no SHA3-512');
    });
  });

  it('that one refuses is told, and the others are written', async () => {
    await site.upload('good.pkg', 'good');
    await site.upload('odd.pkg', 'odd');
    await site.call('PUT', 'rules', { items: [{ include: true, filename: 'odd.pkg', name_template: 'Taken' }, { include: true }] });
    jamf.packages.add({ packageName: 'taken', fileName: 'another.pkg' });
    await site.connect();
    await site.settlesAt({ 'good.pkg': 'to_create', 'odd.pkg': 'to_create' });
    await site.keep();
    await site.settlesAt({ 'good.pkg': 'in_step', 'odd.pkg': 'failed' });
    expect((await site.lines()).find(({ filename }) => filename === 'odd.pkg')!.reason).toContain('packageName');
  });

  it('stay as they are while Jamf Pro is away, which is told once; a revoked secret too', async () => {
    await site.upload('a.pkg', 'a');
    await site.connect();
    await site.settlesAt({ 'a.pkg': 'to_create' });
    jamf.tokens.clients.set('ods-client', { secret: 'another', privileges: null });
    await eventually(async () => {
      await site.call('POST', 'compare');
      expect((await site.overview()).failing_since_ts).not.toBeNull();
    });
    for (let times = 0; times < 3; times += 1) await site.call('POST', 'compare');
    expect(Object.fromEntries((await site.lines()).map(({ filename, state }) => [filename, state]))).toEqual({ 'a.pkg': 'to_create' });
    jamf.tokens.clients.set('ods-client', { secret: 's3cret', privileges: null });
    await eventually(async () => {
      await site.call('POST', 'compare');
      expect((await site.overview()).failing_since_ts).toBeNull();
    });
    const { body } = await site.call<{ version: string; last_error: string | null }>('GET', 'connection');
    expect(body).toMatchObject({ version: '11.30.0', last_error: null });
    expect(await eventsOf('jamf.connection_lost')).toHaveLength(1);
    expect(await eventsOf('jamf.connection_restored')).toHaveLength(1);
  });
});
