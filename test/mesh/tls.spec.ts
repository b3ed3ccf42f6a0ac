import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import tls from 'node:tls';

import { selfSigned } from '../support/self-signed.js';
import { scratchDir } from '../support/services.js';
import { TestCluster } from '../support/test-cluster.js';
import { sha256, someBytes } from './packages.js';

const MB = 1_048_576;

/** What a proxy that ends TLS does, for one server. */
async function endTls(port: number): Promise<tls.Server> {
  const server = tls.createServer(selfSigned, (near) => {
    const far = net.connect(port, '127.0.0.1');
    near.on('error', () => far.destroy()).pipe(far);
    far.on('error', () => near.destroy()).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('two servers that reach each other over TLS, with an authority of their own', () => {
  const scratch = scratchDir('mesh-tls');
  let cluster: TestCluster;
  const doors: tls.Server[] = [];
  afterAll(async () => {
    await cluster?.dispose();
    doors.forEach((door) => door.close());
  });

  it('carry packages both ways, byte for byte', async () => {
    const authority = path.join(scratch, 'authority.pem');
    writeFileSync(authority, selfSigned.cert);
    cluster = await TestCluster.start(['a', 'b'], { NODE_EXTRA_CA_CERTS: authority });
    for (const server of cluster.servers) {
      const door = await endTls(server.port);
      doors.push(door);
      await server.ok('POST', '/api/admin/about/update', { url: `https://localhost:${(door.address() as AddressInfo).port}` });
    }
    const [a, b] = [cluster.at(0), cluster.at(1)];
    await cluster.register(b, a);
    for (const [name, from, to] of [
      ['there.pkg', a, b],
      ['back.pkg', b, a],
    ] as const) {
      const content = someBytes(20 * MB + 11);
      expect((await from.upload(name, content)).status).toBe(201);
      expect(sha256(await to.downloaded(name))).toBe(sha256(content));
    }
  });
});
