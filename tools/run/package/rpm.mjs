import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { run } from '../processes.mjs';
import { inRoot } from '../root.mjs';
import { gatherLinux } from './linux-tree.mjs';
import { NAME } from './place.mjs';
import { withScratch } from './scratch.mjs';

const architectures = { x64: 'x86_64', arm64: 'aarch64' };
/** As rpm names them: the level, and how. */
const payloads = { xz: 'w6T0.xzdio', none: 'w.ufdio' };

/** @param {import('./options.mjs').PackageOptions} options @returns {Promise<string>} the file */
export const makeRpm = ({ out, version, arch, compression }) =>
  withScratch(async (scratch) => {
    const tree = path.join(scratch, 'tree');
    mkdirSync(tree);
    await gatherLinux(tree, `linux-${arch}`, 'usr/lib/systemd/system');
    const values = { ods_version: version, ods_tree: tree, ods_payload: payloads[compression], _topdir: scratch, _rpmdir: scratch };
    const defines = Object.entries(values).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
    const target = `${architectures[arch]}-linux`;
    await run('rpmbuild', ['-bb', '--target', target, ...defines, inRoot(`packaging/rpm/${NAME}.spec`)], { quiet: true });
    const name = `${NAME}-${version}-1.${architectures[arch]}.rpm`;
    copyFileSync(path.join(scratch, architectures[arch], name), path.join(out, name));
    return path.join(out, name);
  });
