import { chmodSync, cpSync } from 'node:fs';
import path from 'node:path';
import { NAME, place } from './place.mjs';
import { runtimeFor } from './runtime.mjs';

/**
 * Writes what the packages for Debian and RHEL have in common, as it stands on the machine.
 * @param {string} tree @param {'linux-x64' | 'linux-arm64'} target @param {string} units where the distribution has those of systemd
 */
export async function gatherLinux(tree, target, units) {
  chmodSync(tree, 0o755);
  const lib = path.join(tree, 'usr/lib/ods');
  cpSync(await runtimeFor(target), lib, { recursive: true });
  place(tree, 'packaging/linux/service.sh', 'usr/lib/ods/service.sh', 0o644);
  for (const program of ['ods', 'ods-admin']) place(tree, `packaging/linux/${program}`, `usr/bin/${program}`, 0o755);
  place(tree, 'packaging/linux/ods.conf', 'etc/ods/ods.conf', 0o640);
  for (const unit of ['ods.service', 'ods-worker@.service']) place(tree, `packaging/systemd/${unit}`, `${units}/${unit}`, 0o644);
  const doc = `usr/share/doc/${NAME}`;
  for (const page of ['README.md', 'CHANGELOG.md', 'docs/configuration.md']) place(tree, page, `${doc}/${path.basename(page)}`, 0o644);
  place(tree, 'LICENSE', `${doc}/copyright`, 0o644);
  for (const file of ['ods.conf.template', 'tls.conf']) place(tree, `docker/nginx/${file}`, `${doc}/nginx/${file}`, 0o644);
}
