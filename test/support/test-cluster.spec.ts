import { randomBytes } from 'node:crypto';
import { TestCluster } from './test-cluster.js';

describe('TestCluster', () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await TestCluster.line(['north', 'middle', 'south']);
  });
  afterAll(() => cluster.dispose());

  it('registers each server with the next', async () => {
    const registered = async (index: number): Promise<number> => {
      const { items } = await cluster.at(index).ok<{ items: unknown[] }>('GET', '/api/admin/registered_ods');
      return items.length;
    };
    expect(await Promise.all([0, 1, 2].map(registered))).toEqual([1, 2, 1]);
  });

  it('carries a package from one end to the other', async () => {
    const content = new Uint8Array(randomBytes(3_000_000));
    expect((await cluster.at(0).upload('travels.pkg', content)).status).toBe(201);
    expect((await cluster.at(2).downloaded('travels.pkg')).equals(content)).toBe(true);
  });

  it('calls again after the sign-in was revoked', async () => {
    const server = cluster.at(1);
    await server.ok('POST', '/api/admin/auth/logout');
    expect((await server.api('GET', '/api/admin/about')).status).toBe(200);
  });
});
