import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { settings } from '#libs/platform/config/settings.js';
import { readCompose, root } from './compose.js';
import { type ApiObject, faultsIn } from './kubernetes-schemas.js';

interface Container {
  readonly image: string;
  readonly env: readonly { name: string; value: string }[];
  readonly securityContext: unknown;
  readonly readinessProbe: { httpGet: { path: string; port: string } };
  readonly ports: readonly { name: string; containerPort: number }[];
  readonly volumeMounts: readonly { name: string }[];
}
interface Manifest extends ApiObject {
  readonly metadata: { name: string };
  readonly data?: Record<string, string>;
  readonly spec: {
    readonly selector: { matchLabels: Record<string, string> };
    readonly template: {
      metadata: { labels: Record<string, string> };
      spec: { containers: [Container]; volumes: { name: string }[]; securityContext: unknown };
    };
  };
}

const directory = path.join(root, 'deploy/kubernetes');
const read = (name: string): string => readFileSync(path.join(directory, name), 'utf8');
const manifestsOf = (name: string): Manifest[] => parseAllDocuments(read(name)).map((each) => each.toJS() as Manifest);
const { resources } = parseAllDocuments(read('kustomization.yaml'))[0]!.toJS() as { resources: string[] };
const all = resources.flatMap(manifestsOf);
const named = all.map((each) => [`${each.kind} ${each.metadata.name}`, each] as const);
const deployments = all.filter(({ kind }) => kind === 'Deployment').map((each) => [each.metadata.name, each] as const);

describe('deploy/kubernetes', () => {
  it('applies every file there is, and names no other', () => {
    const files = readdirSync(directory).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
    expect([...resources].sort()).toEqual(files.sort());
  });

  it.each(named)('is what the API takes: %s', async (_, manifest) => {
    expect(await faultsIn(manifest)).toEqual([]);
  });

  it.each([
    ['a wrong type', 'replicas: 2', 'replicas: two', /replicas/],
    ['a missing field', 'containerPort:', 'hostPort:', /containerPort/],
    ['a field that there is not', 'readinessProbe:', 'readynessProbe:', /readynessProbe/],
    ['a word that there is not', 'type: RuntimeDefault', 'type: Default', /seccompProfile/],
  ])('would not be with %s', async (_, right, wrong, fault) => {
    const text = read('webapp.yaml');
    expect(text).toContain(right);
    const [manifest] = parseAllDocuments(text.replace(right, wrong)).map((each) => each.toJS() as Manifest);
    expect((await faultsIn(manifest!)).join(' ')).toMatch(fault);
  });

  it.each(['ods.conf.template', 'behind-tls.conf'])('has the nginx configuration of the containers: %s', (name) => {
    expect(read(name)).toBe(readFileSync(path.join(root, 'docker/nginx', name), 'utf8'));
  });

  it.each(deployments)('%s may do little, is watched, and mounts what there is', (_, { spec }) => {
    const { containers, volumes, securityContext } = spec.template.spec;
    const [container] = containers;
    expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.ports.map(({ name }) => name)).toContain(container.readinessProbe.httpGet.port);
    expect(spec.selector.matchLabels).toEqual(spec.template.metadata.labels);
    expect([...new Set(container.volumeMounts.map(({ name }) => name))].sort()).toEqual(volumes.map(({ name }) => name).sort());
  });

  it.each(['webapp', 'worker'] as const)('gives %s what the compose file gives it', (name) => {
    const { env } = Object.fromEntries(deployments)[name]!.spec.template.spec.containers[0];
    const shared = all.find(({ kind }) => kind === 'ConfigMap')!.data!;
    const here = { ...shared, ...Object.fromEntries(env.map((each) => [each.name, each.value])) };
    const composed = readCompose().services[name].environment!;
    const setting = (key: string): string => key.replace(/_FILE$/, '');
    expect(
      Object.keys(here)
        .map(setting)
        .filter((key) => !(key in settings)),
    ).toEqual([]);
    const isOfDatabase = (key: string): boolean => /^(MYSQL_|DATABASE_URL)/.test(key);
    expect(
      Object.keys(here)
        .map(setting)
        .filter((key) => !isOfDatabase(key))
        .sort(),
    ).toEqual(
      Object.keys(composed)
        .map(setting)
        .filter((key) => !isOfDatabase(key))
        .sort(),
    );
  });
});
