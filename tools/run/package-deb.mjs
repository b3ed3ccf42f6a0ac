import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './build.mjs';
import { Failure } from './failure.mjs';
import { run } from './processes.mjs';
import { inRoot } from './root.mjs';
import { say, step } from './step.mjs';

const NAME = 'open-distribution-server';
/** Declarations, maps and pages: a third of the bytes and half of the files of packages. */
const isForDevelopers = /\.(?:d\.[cm]?ts|map|md|markdown|tsbuildinfo)$/;
const architectures = { x64: 'amd64', arm64: 'arm64' };

/**
 * `npm run package:deb [-- --out DIR] [--version V] [--compression none]`: a Debian package with its own Node, so that the compiled
 * modules fit and nothing else needs to be installed.
 * @param {string[]} args
 */
export default async function packageDeb(args) {
  const { version: ours } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const { values } = parseArgs({
    args,
    options: {
      out: { type: 'string', default: 'dist-packages' },
      version: { type: 'string', default: ours },
      compression: { type: 'string', default: 'xz' },
    },
  });
  const architecture = architectures[process.arch];
  if (process.platform !== 'linux' || architecture === undefined) throw new Failure('Debian packages are built on Linux, x64 or arm64.');
  await ensureBuilt('server', 'console');
  const out = path.resolve(values.out);
  mkdirSync(out, { recursive: true });
  const file = path.join(out, `${NAME}_${values.version}_${architecture}.deb`);
  const tree = mkdtempSync(path.join(tmpdir(), 'ods-deb-'));
  try {
    await step('Gathering the files', async () => gather(tree, values.version, architecture));
    await step('Packing them', () =>
      run('dpkg-deb', ['--root-owner-group', `-Z${values.compression}`, '--build', tree, file], { quiet: true }),
    );
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
  say(file);
}

/** @param {string} tree @param {string} version @param {string} architecture */
function gather(tree, version, architecture) {
  chmodSync(tree, 0o755);
  const lib = path.join(tree, 'usr/lib/ods');
  mkdirSync(lib, { recursive: true });
  cpSync(inRoot('dist'), path.join(lib, 'dist'), { recursive: true });
  for (const name of productionPackages()) copyPackage(name, lib);
  for (const name of ['package.json', 'LICENSE', 'bin']) cpSync(inRoot(name), path.join(lib, name), { recursive: true });
  copyFileSync(process.execPath, path.join(lib, 'node'));
  chmodSync(path.join(lib, 'node'), 0o755);
  place(tree, 'packaging/debian/ods', 'usr/bin/ods', 0o755);
  place(tree, 'packaging/debian/ods-admin', 'usr/bin/ods-admin', 0o755);
  place(tree, 'packaging/debian/ods.conf', 'etc/ods/ods.conf', 0o640);
  for (const unit of ['ods.service', 'ods-worker@.service']) place(tree, `packaging/systemd/${unit}`, `lib/systemd/system/${unit}`, 0o644);
  for (const page of ['README.md', 'CHANGELOG.md', 'docs/configuration.md'])
    place(tree, page, `usr/share/doc/${NAME}/${path.basename(page)}`, 0o644);
  place(tree, 'LICENSE', `usr/share/doc/${NAME}/copyright`, 0o644);
  for (const file of ['ods.conf.template', 'tls.conf']) place(tree, `docker/nginx/${file}`, `usr/share/doc/${NAME}/nginx/${file}`, 0o644);
  for (const script of ['postinst', 'prerm', 'postrm']) place(tree, `packaging/debian/${script}`, `DEBIAN/${script}`, 0o755);
  writeFileSync(path.join(tree, 'DEBIAN/conffiles'), '/etc/ods/ods.conf\n');
  writeFileSync(path.join(tree, 'DEBIAN/control'), control(version, architecture));
}

/** What the lock file installs without development packages, for this machine. */
function productionPackages() {
  const { packages } = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([name, { dev, devOptional }]) => name !== '' && !dev && !devOptional)
    .filter(([name, { optional }]) => {
      if (existsSync(inRoot(name))) return true;
      if (optional) return false; // for another machine
      throw new Failure(`${name} is not installed. Run "npm ci" first.`);
    })
    .map(([name]) => name);
}

/** Without the packages inside it, which are in the list themselves. @param {string} name @param {string} lib */
function copyPackage(name, lib) {
  const inner = path.join(inRoot(name), 'node_modules');
  const leaveOut = [
    inner,
    ...(name.startsWith('node_modules/better-sqlite3') ? ['deps', 'build/Release/obj', 'build/Release/obj.target', 'src'] : []).map(
      (each) => path.join(inRoot(name), each),
    ),
  ];
  cpSync(inRoot(name), path.join(lib, name), {
    recursive: true,
    dereference: true,
    filter: (from) => !leaveOut.includes(from) && !isForDevelopers.test(from),
  });
}

/** @param {string} tree @param {string} from @param {string} to @param {number} mode */
function place(tree, from, to, mode) {
  const target = path.join(tree, to);
  mkdirSync(path.dirname(target), { recursive: true, mode: 0o755 });
  copyFileSync(inRoot(from), target);
  chmodSync(target, mode);
}

/** @param {string} version @param {string} architecture */
const control = (version, architecture) => `Package: ${NAME}
Version: ${version}
Architecture: ${architecture}
Maintainer: The ODS developers <ods@localhost>
Section: net
Priority: optional
Depends: libc6, libstdc++6, passwd, util-linux
Suggests: nginx, redis-server, mariadb-server, postgresql
Description: distributes installers to every site
 One server for each site: what is uploaded at one of them arrives at all the
 others automatically, verified, and is served to managed computers nearby.
`;
