import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { settings } from '#libs/platform/config/settings.js';
import { readCompose, root } from './compose.js';

const compose = readCompose();
const services = Object.entries(compose.services);

describe('docker-compose.yml', () => {
  it('keeps nginx away from the database, the cache and the worker', () => {
    expect(Object.fromEntries(services.map(([name, { networks }]) => [name, networks]))).toEqual({
      nginx: ['proxy'],
      webapp: ['proxy', 'db', 'cache'],
      worker: ['db', 'cache', 'peers'],
      mysql: ['db'],
      redis: ['cache'],
    });
    expect([compose.networks['db'], compose.networks['cache']]).toEqual([{ internal: true }, { internal: true }]);
  });

  it.each(services)('%s is restarted, watched, limited, unprivileged and cannot write but where it must', (name, service) => {
    expect(service).toMatchObject({ restart: 'unless-stopped', read_only: true, cap_drop: ['ALL'] });
    expect(service.healthcheck.test[0]).toBe('CMD');
    expect(Object.keys(service.deploy.resources.limits)).toEqual(['cpus', 'memory', 'pids']);
    if (name === 'nginx') expect(service.image).toMatch(/unprivileged/);
    else expect(service.user).toMatch(/^(?!0|root)/);
  });

  it('gives the web application and the worker only settings that there are', () => {
    const names = [...Object.keys(compose.services.webapp.environment!), ...Object.keys(compose.services.worker.environment!)];
    expect(names.map((name) => name.replace(/_FILE$/, '')).filter((name) => !(name in settings))).toEqual([]);
  });

  it('hands secrets over as files, never in the environment', () => {
    const secretNames = Object.entries(settings)
      .filter(([, { secret }]) => secret)
      .map(([name]) => name);
    const given = services.flatMap(([, { environment = {} }]) => Object.keys(environment));
    expect(given.filter((name) => secretNames.includes(name) && name !== 'REDIS_URL')).toEqual([]);
    const used = new Set(services.flatMap(([, service]) => service.secrets ?? []));
    expect([...used].sort()).toEqual(Object.keys(compose.secrets).sort());
  });

  it('makes the first password, and trusts no proxy that is not named', () => {
    expect(compose.services.webapp.environment).toMatchObject({ ADMIN_PASSWORD_FILE: '/run/secrets/admin_password' });
    expect(readFileSync(path.join(root, 'docker/make-secrets.sh'), 'utf8')).toMatch(/^make admin_password /m);
    for (const file of ['docker/nginx/behind-tls.conf', 'deploy/kubernetes/behind-tls.conf', 'docker/nginx/ods.conf.template']) {
      expect([file, readFileSync(path.join(root, file), 'utf8')]).toEqual([file, expect.not.stringMatching(/^\s*set_real_ip_from/m)]);
    }
  });

  it('names files and images that there are', () => {
    const mounted = services.flatMap(([, { volumes = [] }]) => volumes).filter((volume) => volume.startsWith('./'));
    expect(mounted.map((volume) => volume.split(':')[0]!).filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
    const stages = [...readFileSync(path.join(root, 'docker/Dockerfile'), 'utf8').matchAll(/^FROM .* AS (\w+)$/gm)].map(([, name]) => name);
    expect(stages).toEqual(expect.arrayContaining([compose.services.webapp.build!.target, compose.services.worker.build!.target]));
  });

  it('starts what the images start', () => {
    const docker = readFileSync(path.join(root, 'docker/Dockerfile'), 'utf8');
    for (const { build, command } of [compose.services.webapp, compose.services.worker]) {
      const stage = docker.slice(docker.indexOf(`AS ${build!.target}`));
      expect(JSON.parse(/^CMD (.*)$/m.exec(stage)![1]!)).toEqual(command);
    }
  });

  it('names images of others by their exact version', () => {
    const compose = ['docker-compose.yml', 'deploy/kubernetes/nginx.yaml'].flatMap((file) =>
      [...readFileSync(path.join(root, file), 'utf8').matchAll(/^ +image: (?!ods-)(\S+)$/gm)].map(([, image]) => image!),
    );
    const docker = readFileSync(path.join(root, 'docker/Dockerfile'), 'utf8');
    const base = /^ARG NODE_IMAGE=(\S+)$/m.exec(docker)![1]!;
    expect([...compose, base].filter((image) => !/:\d+\.\d+\.\d+(?:-[\w-]+)?$/.test(image))).toEqual([]);
    expect([...docker.matchAll(/^FROM (\S+) AS (?:build|runtime)$/gm)].map(([, image]) => image)).toEqual([
      '${NODE_IMAGE}',
      '${NODE_IMAGE}',
    ]);
  });
});
