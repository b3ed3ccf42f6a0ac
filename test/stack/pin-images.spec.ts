import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { scratchDir } from '../support/services.js';
import { root } from './compose.js';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** The script in a copy of its files, with a docker that answers as the registry would. */
function pin(answer: string): { code: number | null; out: string; error: string; written: string | null } {
  const [place, programs] = [scratchDir('pin'), scratchDir('pin-path')];
  mkdirSync(path.join(place, 'docker'));
  for (const file of ['docker-compose.yml', 'docker/Dockerfile', 'docker/pin-images.sh'])
    cpSync(path.join(root, file), path.join(place, file));
  const docker = path.join(programs, 'docker');
  writeFileSync(docker, `#!/bin/sh\necho "$@" >> ${path.join(place, 'asked')}\nprintf '${answer}'\n`);
  chmodSync(docker, 0o755);
  const env = { PATH: `${programs}:${process.env['PATH']!}` };
  const { status, stdout, stderr } = spawnSync('sh', [path.join(place, 'docker/pin-images.sh')], { env, encoding: 'utf8' });
  const file = path.join(place, 'docker/compose.pinned.yml');
  return { code: status, out: stdout, error: stderr, written: existsSync(file) ? readFileSync(file, 'utf8') : null };
}

describe('docker/pin-images.sh', () => {
  it('writes the digests that the registry names, beside the versions', () => {
    const { code, out, error, written } = pin(`Name:      x\\nMediaType: y\\nDigest:    ${DIGEST}\\n\\nManifests:\\n  Digest: no\\n`);
    expect([code, error]).toEqual([0, '']);
    const image = (name: string) => ({ image: expect.stringMatching(new RegExp(`^${name}:\\d[\\w.-]+@${DIGEST}$`)) as string });
    const built = { build: { args: { NODE_IMAGE: expect.stringMatching(new RegExp(`^node:24[\\w.-]+@${DIGEST}$`)) as string } } };
    expect((parse(written!) as { services: object }).services).toEqual({
      ...{ nginx: image('nginxinc/nginx-unprivileged'), mysql: image('mariadb'), redis: image('redis'), webapp: built, worker: built },
    });
    expect(out).toContain(`{ name: nginxinc/nginx-unprivileged, digest: '${DIGEST}' }`);
  });

  it('writes nothing when a digest is not to be had', () => {
    const { code, error, written } = pin('Name: x\\n');
    expect([code, written]).toEqual([1, null]);
    expect(error).toMatch(/^The registry named no digest of nginxinc/);
  });
});
