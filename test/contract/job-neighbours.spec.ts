import { eventually } from '../support/eventually.js';
import { isLeftOut } from '../support/services.js';
import { aJobType, handlerOf, JobWorld } from './job-world.js';

/** No poll finds during the test what an offer did not bring. */
const rarely = { JOB_POLL_MS: '60000' };
const JOBS = 40;

(isLeftOut('redis') ? describe.skip : describe)('two servers on one Redis', () => {
  let server: JobWorld;
  let neighbour: JobWorld;
  beforeAll(async () => {
    server = await JobWorld.open('bull', 'sqlite');
    neighbour = await server.neighbour();
  });
  afterAll(async () => {
    await neighbour.close();
    await server.close();
  });

  it('take no offers from each other', async () => {
    const type = aJobType('test');
    const ran: string[] = [];
    const handlerIn = (where: string) => handlerOf(type, async () => void ran.push(where));
    const node = await server.node([handlerIn('server')], { env: rarely });
    await neighbour.node([handlerIn('neighbour')], { env: rarely });
    await node.db.transaction(async () => {
      for (let index = 0; index < JOBS; index += 1) await node.jobs.add(type, { index } as never);
    });
    await eventually(async () => expect(await server.rows(node)).toEqual([]), { timeoutMs: 10_000 });
    expect(ran).toEqual(Array.from({ length: JOBS }, () => 'server'));
  });
});
