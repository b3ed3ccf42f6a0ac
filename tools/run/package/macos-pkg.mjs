import { cpSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { inRoot } from '../root.mjs';
import { billOfMaterials } from './bom.mjs';
import { cpioArchive } from './cpio.mjs';
import { NAME, place } from './place.mjs';
import { runtimeFor } from './runtime.mjs';
import { withScratch } from './scratch.mjs';
import { xarArchive } from './xar.mjs';

/** @typedef {import('./cpio.mjs').Entry} Entry */

const ID = 'org.opendistribution.ods';
const TITLE = 'Open Distribution Server';

/** An unsigned product archive for Apple silicon. @param {import('./options.mjs').PackageOptions} options @returns {Promise<string>} the file */
export const makeMacosPkg = ({ out, version, compression }) =>
  withScratch(async (tree) => {
    await gather(tree);
    const payload = entriesOf(tree);
    const scripts = entriesOf(inRoot('packaging/macos'), ({ name }) => ['preinstall', 'postinstall'].includes(name));
    const size = { files: payload.length, kilobytes: Math.ceil(payload.reduce((sum, each) => sum + each.size, 0) / 1024) };
    const component = [
      { name: 'Bom', content: billOfMaterials(payload) },
      { name: 'PackageInfo', content: Buffer.from(packageInfo(version, size)) },
      { name: 'Payload', content: await packed(payload, compression) },
      { name: 'Scripts', content: await packed(scripts, compression) },
    ];
    const members = [
      { name: 'Distribution', content: Buffer.from(distribution(version, size)) },
      { name: 'ods.pkg', files: component },
    ];
    const file = path.join(out, `${NAME}-${version}-arm64.pkg`);
    writeFileSync(file, xarArchive(members));
    return file;
  });

/**
 * The format knows gzip alone: without compression it is quick and as large.
 * @param {readonly Entry[]} entries @param {import('./options.mjs').PackageOptions['compression']} compression
 */
const packed = (entries, compression) => promisify(gzip)(cpioArchive(entries), { level: compression === 'none' ? 0 : 9 });

/** @param {string} tree */
async function gather(tree) {
  cpSync(await runtimeFor('darwin-arm64'), path.join(tree, 'usr/local/lib/ods'), { recursive: true });
  for (const program of ['ods', 'ods-admin']) place(tree, `packaging/macos/${program}`, `usr/local/bin/${program}`, 0o755);
  place(tree, 'packaging/macos/uninstall', 'usr/local/lib/ods/uninstall', 0o755);
  place(tree, 'packaging/macos/ods.conf', 'usr/local/lib/ods/ods.conf', 0o644);
  place(tree, 'docs/configuration.md', 'usr/local/lib/ods/configuration.md', 0o644);
  place(tree, `packaging/launchd/${ID}.plist`, `Library/LaunchDaemons/${ID}.plist`, 0o644);
}

/** The directory and what is in it. @param {string} root @param {(entry: import('node:fs').Dirent) => boolean} counts @returns {Entry[]} */
function entriesOf(root, counts = () => true) {
  const directory = (/** @type {string} */ name) => ({
    path: name,
    type: /** @type {const} */ ('directory'),
    mode: 0o755,
    size: 0,
    mtime: mtimeOf(root),
  });
  const found = [directory('.')];
  const walk = (/** @type {string} */ inside) => {
    const entries = readdirSync(path.join(root, inside), { withFileTypes: true }).filter(counts);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = path.posix.join(inside, entry.name);
      if (!entry.isDirectory()) found.push(fileEntry(name, path.join(root, name)));
      else {
        found.push(directory(name));
        walk(name);
      }
    }
  };
  walk('');
  return found;
}

/** Scripts and programs are for all to run, the rest to read. @param {string} name @param {string} source @returns {Entry} */
function fileEntry(name, source) {
  const { mode, size } = lstatSync(source);
  const isProgram = (mode & 0o100) !== 0 || readFileSync(source).subarray(0, 2).toString('latin1') === '#!';
  return { path: name, type: 'file', mode: isProgram ? 0o755 : 0o644, source, size, mtime: mtimeOf(source) };
}

/** @param {string} file */
const mtimeOf = (file) => Math.floor(lstatSync(file).mtimeMs / 1000);

/** @param {string} version @param {{ files: number, kilobytes: number }} size */
const packageInfo = (version, { files, kilobytes }) => `<?xml version="1.0" encoding="utf-8"?>
<pkg-info format-version="2" identifier="${ID}" version="${version}" install-location="/" auth="root" overwrite-permissions="false" relocatable="false" postinstall-action="none">
  <payload numberOfFiles="${files}" installKBytes="${kilobytes}"/>
  <scripts>
    <preinstall file="./preinstall"/>
    <postinstall file="./postinstall"/>
  </scripts>
</pkg-info>
`;

/** @param {string} version @param {{ kilobytes: number }} size */
const distribution = (version, { kilobytes }) => `<?xml version="1.0" encoding="utf-8"?>
<installer-gui-script minSpecVersion="2">
  <title>${TITLE}</title>
  <options customize="never" require-scripts="false" hostArchitectures="arm64"/>
  <domains enable_anywhere="false" enable_currentUserHome="false" enable_localSystem="true"/>
  <volume-check><allowed-os-versions><os-version min="11.0"/></allowed-os-versions></volume-check>
  <choices-outline><line choice="default"/></choices-outline>
  <choice id="default" title="${TITLE}"><pkg-ref id="${ID}"/></choice>
  <product id="${ID}" version="${version}"/>
  <pkg-ref id="${ID}" version="${version}" auth="root" installKBytes="${kilobytes}">#ods.pkg</pkg-ref>
</installer-gui-script>
`;
