import type { Environment } from './test-process.js';
import { TestServer } from './test-server.js';

export interface About {
  readonly iss: string;
  readonly key: string;
  readonly name: string;
  readonly url: string;
  readonly stage: string;
  readonly firewalled_mode: boolean;
}

/** Several servers on loopback that know their own names and addresses, and registrations between them. */
export class TestCluster {
  private constructor(readonly servers: readonly TestServer[]) {}

  /** One server per name, in this order, none registered with another. */
  static async start(names: readonly string[], settings: Environment = {}): Promise<TestCluster> {
    const servers = await Promise.all(names.map((name) => TestServer.start(name, settings)));
    const cluster = new TestCluster(servers);
    try {
      await Promise.all(servers.map((server) => cluster.introduce(server)));
    } catch (error) {
      await cluster.dispose();
      throw error;
    }
    return cluster;
  }

  /** a – b – c: each with the next. */
  static async line(names: readonly string[], settings: Environment = {}): Promise<TestCluster> {
    const cluster = await TestCluster.start(names, settings);
    for (const [index, server] of cluster.servers.slice(0, -1).entries()) await cluster.register(server, cluster.at(index + 1));
    return cluster;
  }

  /** A line whose ends are registered too. */
  static async ring(names: readonly string[], settings: Environment = {}): Promise<TestCluster> {
    const cluster = await TestCluster.line(names, settings);
    if (names.length > 2) await cluster.register(cluster.at(names.length - 1), cluster.at(0));
    return cluster;
  }

  /** Everyone with everyone. */
  static async mesh(names: readonly string[], settings: Environment = {}): Promise<TestCluster> {
    const cluster = await TestCluster.start(names, settings);
    for (const [index, server] of cluster.servers.entries()) {
      for (const other of cluster.servers.slice(index + 1)) await cluster.register(server, other);
    }
    return cluster;
  }

  at(index: number): TestServer {
    const server = this.servers[index];
    if (server === undefined) throw new Error(`The cluster has no server ${index}.`);
    return server;
  }

  /** `server` registers itself with `other`, as its administrator does in the console. */
  async register(server: TestServer, other: TestServer): Promise<void> {
    const { url, iss, key } = await this.about(other);
    await server.ok('POST', '/api/admin/register', { url, iss_id: iss, key });
  }

  about(server: TestServer): Promise<About> {
    return server.ok<About>('GET', '/api/admin/about');
  }

  /** Stops them all and removes their data. */
  async dispose(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.dispose()));
  }

  private async introduce(server: TestServer): Promise<void> {
    await server.ok('POST', '/api/admin/about/update', { name: server.name, url: server.url });
  }
}
