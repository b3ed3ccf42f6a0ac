import { Job } from '#libs/entities/job.entity.js';
import { CompareWithJamf } from '#libs/jamf/jamf.jobs.js';
import { ServerStates } from '#libs/network/server-states.js';
import { signText } from '#libs/platform/crypto/es256.js';
import { Database } from '#libs/platform/database/database.js';
import { CatalogDigest } from '#libs/replication/catalog-digest.js';
import { jamfIdOf } from '#libs/replication/jamf-claim.js';
import { writeSummary } from '#libs/replication/server-summary.js';
import { eventually } from '../support/eventually.js';
import { newHexId, newKeyPair } from '../support/foreign-peer.js';
import { JamfAdmin } from './jamf-admin.js';

const PACKAGES = 12;

describe('a server that is writing package records', () => {
  let site: JamfAdmin;
  beforeAll(async () => {
    site = await JamfAdmin.start();
  });
  afterAll(() => site.stop());

  it('stops at the next one when it learns of a server that comes first', async () => {
    const { jamf, app } = site;
    for (let at = 0; at < PACKAGES; at += 1) await site.upload(`p${at}.pkg`, `content ${at}`);
    await site.connect();
    await site.settlesAt(Object.fromEntries(Array.from({ length: PACKAGES }, (_, at) => [`p${at}.pkg`, 'to_create'])));
    jamf.knobs.slowMs = 60;
    await site.keep();
    await eventually(() => expect(jamf.writes.length).toBeGreaterThanOrEqual(2), { everyMs: 5 });

    const [iss, keys, digest] = [newHexId(), newKeyPair(), new CatalogDigest().toText()];
    const nothing = { url: null, firewalledMode: false, peers: [], freeBytes: 0, packages: 0, missing: [], missingCount: 0, kept: [] };
    const claim = { id: jamfIdOf(jamf.url), priority: 0, ready: true, since: Date.now() };
    const said = { iss, name: 'Better', stage: 'Prod' as const, issuedMs: Date.now(), digest, digest2: null, munkiDigest: null };
    const body = writeSummary({ ...said, ...nothing, jamf: claim });
    const summary = { iss, public_key: keys.publicKey, body, signature: signText(body, keys.privateKey) };
    expect(await app.app.get(ServerStates).merge({ iss: newHexId(), name: 'a peer' }, [summary])).toBe(1);

    const written = jamf.writes.length;
    const { manager } = app.app.get(Database);
    await eventually(async () => expect((await manager.findOneByOrFail(Job, { type: CompareWithJamf.name })).state).not.toBe('running'));
    // One may have been under way.
    expect(jamf.writes.length).toBeLessThanOrEqual(written + 1);
    expect(jamf.records.length).toBeLessThan(PACKAGES);
    const { body: shown } = await site.call<{ leader: object }>('GET', 'connection');
    expect(shown.leader).toMatchObject({ iss, name: 'Better', is_me: false });
  });
});
