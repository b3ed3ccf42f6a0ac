import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from '../../tools/run/root.mjs';
import { makeFile } from '../support/random-file.mjs';
import { alone, beside, leftOut } from '../support/report.mjs';
import { interleave } from '../support/rounds.mjs';
import { upload } from './upload.mjs';

export const summary = 'a download from the built-in server and from behind nginx, beside nginx alone';

const FILE = 'download.pkg';
const MIB = 2 ** 20;

/** @param {import('../support/bench.mjs').Bench} bench */
export async function run(bench) {
  const bytes = bench.options.size ?? 2 ** 30;
  bench.requireRoom(3 * bytes);
  const source = path.join(bench.directory('source'), FILE);
  makeFile(source, bytes);
  const direct = await bench.server('direct');
  await upload(bench, direct, source, FILE);
  const urls = { ods: `${direct.url}/share/${FILE}`, ...(await behindNginx(bench, source)) };
  await bench.settle();
  for (const url of Object.values(urls)) await rate(bench, url, bytes); // into the page cache, and code compiled
  const contenders = Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, () => rate(bench, url, bytes)]));
  const { values, medians } = await interleave(bench.options.rounds, contenders, { say: (text) => bench.say(text) });
  const what = 'from the built-in server';
  if (medians.nginx === undefined) return [alone(what, 'MiB/s', medians.ods), leftOut('behind nginx', 'nginx is not installed')];
  return [
    beside(what, 'MiB/s', medians.ods, 'nginx', medians.nginx, { atLeast: 0.35 }, { rounds: values }),
    beside('behind nginx (X-Accel-Redirect)', 'MiB/s', medians['behind-nginx'], 'nginx', medians.nginx, { atLeast: 0.9 }),
  ];
}

/** The package behind the nginx of docker/, and served by an nginx that knows nothing of ODS. */
async function behindNginx(bench, source) {
  if (bench.find('nginx') === null) return {};
  const { startNginx } = await import('../../test/support/service-processes.mjs');
  const server = await bench.server('behind-nginx', { ACCEL_REDIRECT_PREFIX: '/_content', TRUST_PROXY: 'true' });
  await upload(bench, server, source, FILE);
  const proxy = await startNginx((port) => proxyConfig(server, port));
  bench.keep({ stop: () => proxy.dispose() });
  const plain = await startNginx((port) => `sendfile on; tcp_nopush on; server { listen 127.0.0.1:${port}; root ${server.share}; }`);
  bench.keep({ stop: () => plain.dispose() });
  return { 'behind-nginx': `${proxy.url}/share/${FILE}`, nginx: `${plain.url}/${FILE}` };
}

/** The template filled in as the nginx image does. @param {import('../support/ods-server.mjs').OdsServer} server @param {number} port */
function proxyConfig(server, port) {
  const values = {
    NGINX_PORT: `127.0.0.1:${port}`,
    ODS_SERVERS: `server ${new URL(server.url).host};`,
    ODS_CONTENT_DIR: path.join(server.dataDir, 'content'),
    ODS_RESOLVER: '',
    ODS_TLS: '/nonexistent/*.conf',
    ODS_TRUSTED_PROXIES: '',
    ODS_ACCESS_LOG: 'off',
  };
  return readFileSync(inRoot('docker/nginx/ods.conf.template'), 'utf8').replace(/\$\{(\w+)\}/g, (_, name) => {
    if (values[name] === undefined) throw new Error(`The template has an unknown variable ${name}.`);
    return values[name];
  });
}

/** MiB a second of one whole download by curl. */
async function rate(bench, url, bytes) {
  const answer = await bench.run('curl', ['-sS', '-o', '/dev/null', '-w', '%{http_code} %{size_download} %{time_total}', url]);
  const [status, size, time] = answer.split(' ').map(Number);
  if (status !== 200 || size !== bytes) throw new Error(`${url} was answered ${status} with ${size} bytes.`);
  return size / MIB / time;
}
