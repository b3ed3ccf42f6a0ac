import { lstatSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../support/child.mjs';
import { isLeftOut, requireProgram } from '../support/programs.mjs';
import { scratchDir } from '../support/services.js';
import { BillOfMaterials } from './bill-of-materials.js';
import { inspect, linesOf, makePackage } from './make-package.js';

const ARM64 = 0x0100000c;
const DAEMON = 'Library/LaunchDaemons/org.opendistribution.ods.plist';

(isLeftOut('bsdtar') ? describe.skip : describe)('the macOS package', () => {
  const parts = scratchDir('pkg-parts');
  const payload = path.join(parts, 'payload');
  let file: string;
  const unpack = (archive: string, into: string): Promise<string> => run(requireProgram('bsdtar'), ['-xf', archive, '-C', into]);
  /** Of the installed files, by the path on the machine. */
  const installed = (inside: string): string => readFileSync(path.join(payload, inside), 'utf8');

  beforeAll(async () => {
    file = await makePackage('pkg');
    await unpack(file, parts);
    mkdirSync(payload);
    await unpack(path.join(parts, 'ods.pkg/Payload'), payload);
  });

  it('is read by the inspection of packages: unsigned, for Apple silicon', async () => {
    expect(await inspect(file)).toMatchObject({
      ...{ kind: 'product_archive', title: 'Open Distribution Server', title_key: 'org.opendistribution.ods', version: '0.1.0' },
      ...{ min_os: '11.0', architectures: ['arm64'], has_scripts: true, warnings: [] },
      signature: { state: 'unsigned' },
      packages: [{ identifier: 'org.opendistribution.ods', version: '0.1.0', install_location: '/' }],
    });
  });

  it('has a bill of materials with exactly the files that it installs', async () => {
    const bom = new BillOfMaterials(readFileSync(path.join(parts, 'ods.pkg/Bom')));
    const paths = bom.paths();
    expect(bom.names).toEqual(['BomInfo', 'Paths', 'HLIndex', 'VIndex', 'Size64']);
    expect(bom.stated).toBe(paths.length + 1);
    expect(paths.length).toBeGreaterThan(1_000); // more than one leaf
    const listed = await linesOf(requireProgram('bsdtar'), '-tf', path.join(parts, 'ods.pkg/Payload'));
    expect(paths.map((each) => each.path).sort()).toEqual(listed.sort());
    const sizes = paths
      .filter(({ isDirectory }) => !isDirectory)
      .map(({ path: name, size }) => size - lstatSync(path.join(payload, name)).size);
    expect(new Set(sizes)).toEqual(new Set([0]));
    expect(new Set(paths.map(({ owner }) => owner))).toEqual(new Set(['0:0']));
    for (const name of ['usr/local/lib/ods/bin/node', DAEMON]) {
      const [checksum] = (await run('cksum', [path.join(payload, name)])).split(' ');
      expect(paths.find((each) => each.path === `./${name}`)).toMatchObject({ checksum: Number(checksum) });
    }
    expect(paths.find((each) => each.path === './usr/local/lib/ods/bin/node')?.mode).toBe(0o100755);
    expect(paths.find((each) => each.path === `./${DAEMON}`)?.mode).toBe(0o100644);
  });

  it('has Node and native modules for Apple silicon, and for nothing else', async () => {
    const native = await linesOf('find', payload, '-name', '*.node', '-o', '-path', '*/ods/bin/node');
    expect(native.length).toBe(3);
    for (const program of native) {
      const head = readFileSync(program).subarray(0, 8);
      expect([head.readUInt32LE(0), head.readUInt32LE(4)]).toEqual([0xfeedfacf, ARM64]);
    }
  });

  it('starts what it installs', () => {
    const strings = [...installed(DAEMON).matchAll(/<string>(\/[^<]+)<\/string>/g)].map(([, found]) => found!);
    const programs = strings.filter((each) => each.startsWith('/usr/local/lib/ods/'));
    expect(programs).toEqual(['/usr/local/lib/ods/bin/node', '/usr/local/lib/ods/dist/bundle/api.js']);
    for (const each of programs) expect(readFileSync(path.join(payload, each)).length).toBeGreaterThan(100_000);
    for (const command of ['ods', 'ods-admin'])
      expect(installed(`usr/local/bin/${command}`)).toContain(`/usr/local/lib/ods/bin/${command} "$@"`);
    expect(installed('usr/local/lib/ods/ods.conf')).toContain('DATA_DIR=/usr/local/var/ods');
  });

  it('has scripts that a shell takes', async () => {
    const scripts = path.join(parts, 'scripts');
    mkdirSync(scripts);
    await unpack(path.join(parts, 'ods.pkg/Scripts'), scripts);
    for (const name of ['preinstall', 'postinstall']) await run('sh', ['-n', path.join(scripts, name)]);
    await run('sh', ['-n', path.join(payload, 'usr/local/lib/ods/uninstall')]);
    expect(readFileSync(path.join(scripts, 'postinstall'), 'utf8')).toContain(`/${DAEMON}`);
  });
});
