import { copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../processes.mjs';
import { inRoot } from '../root.mjs';
import { NAME, place } from './place.mjs';
import { registryPackage } from './registry-package.mjs';
import { runtimeFor } from './runtime.mjs';
import { withScratch } from './scratch.mjs';
import { winsw } from './targets.mjs';
import { queries, wixSource } from './wix.mjs';

const extras = ['ods.cmd', 'ods-admin.cmd', 'ods.conf', 'setup.mjs', 'ods-service.xml', 'ods-service.exe.config', 'WinSW-LICENSE.txt'];
/** An unsigned installer for Windows on x64. @param {import('./options.mjs').PackageOptions} options @returns {Promise<string>} the file */
export const makeMsi = ({ out, version }) =>
  withScratch(async (scratch) => {
    const tree = path.join(scratch, 'tree');
    mkdirSync(tree);
    await gather(tree);
    const source = path.join(scratch, 'ods.wxs');
    writeFileSync(source, wixSource(tree, version));
    const file = path.join(out, `${NAME}-${version}-x64.msi`);
    await run('wixl', ['--arch', 'x64', '--output', file, source], { quiet: true });
    await run('msibuild', [file, '-q', ...queries()], { quiet: true });
    return file;
  });

/** @param {string} tree */
async function gather(tree) {
  cpSync(await runtimeFor('win32-x64'), tree, { recursive: true });
  for (const name of extras) place(tree, `packaging/windows/${name}`, name, 0o644);
  copyFileSync(inRoot('docs/configuration.md'), path.join(tree, 'configuration.md'));
  copyFileSync(path.join(await registryPackage(winsw), winsw.program), path.join(tree, 'ods-service.exe'));
}
