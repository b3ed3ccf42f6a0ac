import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../processes.mjs';
import { gatherLinux } from './linux-tree.mjs';
import { NAME, place } from './place.mjs';
import { withScratch } from './scratch.mjs';

const architectures = { x64: 'amd64', arm64: 'arm64' };

/** @param {import('./options.mjs').PackageOptions} options @returns {Promise<string>} the file */
export const makeDeb = ({ out, version, arch, compression }) =>
  withScratch(async (tree) => {
    const file = path.join(out, `${NAME}_${version}_${architectures[arch]}.deb`);
    await gatherLinux(tree, `linux-${arch}`, 'lib/systemd/system');
    for (const script of ['postinst', 'prerm', 'postrm']) place(tree, `packaging/debian/${script}`, `DEBIAN/${script}`, 0o755);
    writeFileSync(path.join(tree, 'DEBIAN/conffiles'), '/etc/ods/ods.conf\n');
    writeFileSync(path.join(tree, 'DEBIAN/control'), control(version, architectures[arch]));
    await run('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '--build', tree, file], { quiet: true });
    return file;
  });

/** @param {string} version @param {string} architecture */
const control = (version, architecture) => `Package: ${NAME}
Version: ${version}
Architecture: ${architecture}
Maintainer: The ODS developers <ods@localhost>
Section: net
Priority: optional
Depends: libc6 (>= 2.34), libstdc++6, passwd, util-linux
Recommends: 7zip
Suggests: nginx, redis-server, mariadb-server, postgresql
Description: distributes installers to every site
 One server for each site: what is uploaded at one of them arrives at all the
 others automatically, verified, and is served to managed computers nearby.
`;
