import { eventually } from '../support/eventually.js';
import type { FakeJamf } from '../support/fake-jamf/fake-jamf.js';
import { JamfAdmin } from './jamf-admin.js';

const PACKAGES = 200;
const AT_ONCE = 8;
/** Requests between two troubles: counted, so that a slow machine has no more of them than a fast one. */
const REQUESTS = 25;
const REFUSED_IN_MAINTENANCE = 2;
/** Enough to see, and not the time of the whole test. */
const IN_TROUBLE = 60;
const PHASE = { timeoutMs: 360_000, everyMs: 1_000 };

/** Something goes wrong all the time: answers are lost, tokens end, the server restarts. */
function trouble(jamf: FakeJamf): () => void {
  let turn = 0;
  let since = jamf.book.length;
  const timer = setInterval(() => {
    const requests = jamf.book.length - since;
    if (requests < (jamf.knobs.maintenance ? REFUSED_IN_MAINTENANCE : REQUESTS)) return;
    since = jamf.book.length;
    turn += 1;
    jamf.knobs.maintenance = false;
    if (turn % 4 === 0) jamf.knobs.dropAfterWrite = true;
    else if (turn % 4 === 1) jamf.knobs.expireNow = true;
    else if (turn % 4 === 2) jamf.knobs.down = 1;
    else jamf.knobs.maintenance = true;
  }, 20);
  return () => {
    clearInterval(timer);
    expect(turn).toBeGreaterThanOrEqual(4); // each kind at least once
    Object.assign(jamf.knobs, { maintenance: false, dropAfterWrite: false, expireNow: false, down: 0 });
  };
}

describe('the records of many packages', () => {
  it('end in step with a Jamf Pro cluster that lags and fails all the time: no record twice, no write where nothing differs', async () => {
    const site = await JamfAdmin.start();
    const { jamf } = site;
    const names = Array.from({ length: PACKAGES }, (_, index) => `many-${index}.pkg`);
    for (let at = 0; at < PACKAGES; at += AT_ONCE) await Promise.all(names.slice(at, at + AT_ONCE).map((name) => site.upload(name, name)));
    Object.assign(jamf.knobs, { lagMs: 300, tokenSeconds: 5, pageClamp: 40 });
    await site.connect();
    const count = async (state: string) => (await site.overview()).counts.find((each) => each.state === state)!.count;
    await eventually(async () => expect(await count('to_create')).toBe(PACKAGES), PHASE);
    const calm = trouble(jamf);
    await site.keep();
    await eventually(async () => {
      await site.call('POST', 'compare'); // what failed is not waited out
      expect(await count('in_step')).toBeGreaterThan(IN_TROUBLE);
    }, PHASE);
    calm();
    await eventually(async () => {
      await site.call('POST', 'compare');
      expect(await count('in_step')).toBe(PACKAGES);
    }, PHASE);
    expect(jamf.records.map(({ fileName }) => fileName).sort()).toEqual([...names].sort());
    expect(Math.max(...jamf.book.map(({ atOnce }) => atOnce))).toBeLessThanOrEqual(2);
    jamf.book.length = 0;
    await site.compared();
    await site.compared();
    expect(jamf.writes).toEqual([]);
    await site.stop();
  });
});
