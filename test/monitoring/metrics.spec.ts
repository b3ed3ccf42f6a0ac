import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { someBytes } from '../mesh/packages.js';
import { eventually } from '../support/eventually.js';
import { TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';

/** Many processes start here, on machines that have other work. */
const docs = path.resolve(import.meta.dirname, '../../docs/monitoring');
const read = (name: string): string => readFileSync(path.join(docs, name), 'utf8');

async function metricsOf(server: TestServer, headers: Record<string, string> = {}): Promise<{ status: number; page: string }> {
  const response = await fetch(`${server.url}/metrics`, { headers });
  return { status: response.status, page: await response.text() };
}

/** The value of the one line that begins so. */
function valueOf(page: string, series: string): number {
  const line = page.split('\n').find((each) => each.startsWith(`${series} `));
  if (line === undefined)
    throw new Error(
      `${series} is not exported:\n${page
        .split('\n')
        .filter((each) => each.startsWith('ods_'))
        .join('\n')}`,
    );
  return Number(line.split(' ').at(-1));
}

describe('/metrics', () => {
  let cluster: TestCluster;
  let uploader: TestServer;
  let receiver: TestServer;

  beforeAll(async () => {
    cluster = await TestCluster.line(['uploader', 'receiver']);
    [uploader, receiver] = [cluster.at(0), cluster.at(1)];
    await uploader.upload('counted.pkg', someBytes(3_000_000));
    await receiver.downloaded('counted.pkg');
  });
  afterAll(() => cluster?.dispose());

  it('counts what was uploaded, what arrived, and what was sent', async () => {
    const { page } = await metricsOf(uploader);
    expect([valueOf(page, 'ods_uploads_total'), valueOf(page, 'ods_upload_bytes_total')]).toEqual([1, 3_000_000]);
    await eventually(async () => {
      const { page: there } = await metricsOf(receiver);
      expect(valueOf(there, 'ods_transfers_total{outcome="done"}')).toBe(1);
      expect(valueOf(there, 'ods_transfer_bytes_total')).toBe(3_000_000);
      expect(valueOf(there, 'ods_http_sent_bytes_total{area="share"}')).toBeGreaterThan(3_000_000);
    });
  });

  it('cover packages, servers, jobs and the disk', async () => {
    await eventually(async () => {
      const { page } = await metricsOf(uploader);
      expect(valueOf(page, 'ods_packages{status="Public"}')).toBe(1);
      expect(valueOf(page, 'ods_package_bytes{status="Public"}')).toBe(3_000_000);
      expect([
        valueOf(page, 'ods_ready'),
        valueOf(page, 'ods_degraded'),
        valueOf(page, 'ods_peers'),
        valueOf(page, 'ods_peers_unreachable'),
      ]).toEqual([1, 0, 1, 0]);
      expect(page).toMatch(/^ods_peer_lag_entries\{peer="receiver \([0-9a-f]{8}\)"\} 0$/m);
      expect(valueOf(page, 'ods_disk_free_bytes')).toBeGreaterThan(0);
    });
  });

  it('show a server that does not answer', async () => {
    await receiver.stop();
    await uploader.upload('missed.pkg', someBytes(1_000));
    await eventually(
      async () => {
        const { page } = await metricsOf(uploader);
        expect(page).toMatch(/^ods_peer_lag_entries\{peer="receiver .*\} [1-9]/m);
        expect(valueOf(page, 'ods_peers_unreachable')).toBe(1);
        expect(page).toMatch(/^ods_job_runs_total\{type="[\w.-]+",outcome="(?:failed|postponed)"\} [1-9]/m);
      },
      { timeoutMs: 90_000 },
    );
    await receiver.start();
  });

  it('has no label that clients can fill', async () => {
    const before = (await metricsOf(uploader)).page.split('\n').length;
    for (let index = 0; index < 20; index += 1) {
      await fetch(`${uploader.url}/share/nothing-${index}.pkg`);
      await fetch(`${uploader.url}/nowhere/${index}`, { method: 'PUT' });
    }
    const { page } = await metricsOf(uploader);
    expect(page.split('\n').length - before).toBeLessThan(60); // a histogram for each of few kinds, not one for each name
    expect(page).not.toContain('nothing-');
  });

  it('is for this machine only', async () => {
    expect(await metricsOf(uploader, { 'x-forwarded-for': '192.0.2.7' })).toMatchObject({
      status: 403,
      page: expect.stringContaining('metrics-forbidden'),
    });
  });

  it('is for those with the token, when there is one', async () => {
    await receiver.restart({ METRICS_TOKEN: 'for-prometheus' });
    expect((await metricsOf(receiver)).status).toBe(403);
    expect((await metricsOf(receiver, { authorization: 'Bearer for-prometheus', 'x-forwarded-for': '192.0.2.7' })).status).toBe(200);
  });

  it.each(['dashboard.json', 'alerts.yml'])('has every figure that %s names', async (name) => {
    const { page } = await metricsOf(uploader);
    const exported = new Set(
      [...page.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, metric, type]) =>
        type === 'histogram' ? ['_bucket', '_count', '_sum'].map((end) => `${metric}${end}`) : [metric],
      ),
    );
    const named = new Set(read(name).match(/\bods_[a-z_]+/g));
    expect(named.size).toBeGreaterThan(5);
    expect([...named].filter((each) => !exported.has(each))).toEqual([]);
  });

  it('comes with a dashboard and rules that can be read', () => {
    const { panels } = JSON.parse(read('dashboard.json')) as { panels: { title: string; targets: { expr: string }[] }[] };
    for (const { targets } of panels) for (const { expr } of targets) expect(isBalanced(expr)).toBe(true);
    const { groups } = parse(read('alerts.yml')) as {
      groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[];
    };
    for (const { alert, expr, annotations } of groups.flatMap(({ rules }) => rules)) {
      expect([alert, isBalanced(expr), annotations.summary !== '']).toEqual([expect.stringMatching(/^Ods[A-Z]/), true, true]);
    }
  });
});

function isBalanced(expression: string): boolean {
  let rest = expression.replace(/"[^"]*"/g, '""');
  for (let before = ''; before !== rest;) {
    before = rest;
    rest = rest.replace(/\([^()[\]{}]*\)|\[[^()[\]{}]*\]|\{[^()[\]{}]*\}/g, '');
  }
  return !/[()[\]{}]/.test(rest);
}
