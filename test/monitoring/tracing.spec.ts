import { sha256, someBytes } from '../mesh/packages.js';
import { eventually } from '../support/eventually.js';
import { isLeftOut, startRedis } from '../support/services.js';
import { ADMIN, TestServer } from '../support/test-server.js';
import { Collector, type SpanSeen } from './collector.js';

/** Many processes start here, on machines that have other work. */
const MB = 1_048_576;
/** As OTLP numbers them. */
const [SERVER, CLIENT, ERROR] = [2, 3, 2];
const suite = isLeftOut('redis') ? describe.skip : describe;

suite('traces', () => {
  let collector: Collector;
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let uploader: TestServer;
  let receiver: TestServer;

  beforeAll(async () => {
    [collector, redis] = await Promise.all([Collector.start(), startRedis()]);
    const traced = {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=for-the-collector',
      OTEL_BSP_SCHEDULE_DELAY: 200,
      // Nothing comes by another way than news, and no job is found in the table, where its cause does not stand.
      RECONCILE_SECONDS: 600,
      JOB_POLL_MS: 20_000,
    };
    uploader = await TestServer.start('uploader', { ...traced, OTEL_SERVICE_NAME: 'uploader', REDIS_URL: redis.url });
    await uploader.startWorker();
    receiver = await TestServer.start('receiver', { ...traced, OTEL_SERVICE_NAME: 'receiver' });
    for (const server of [uploader, receiver]) await server.ok('POST', '/api/admin/about/update', { name: server.name, url: server.url });
    const { url, iss, key } = await receiver.ok<{ url: string; iss: string; key: string }>('GET', '/api/admin/about');
    await uploader.ok('POST', '/api/admin/register', { url, iss_id: iss, key });
  });

  afterAll(async () => {
    await Promise.all([uploader?.dispose(), receiver?.dispose()]);
    await redis?.dispose();
    collector?.stop();
  });

  /** From a span up to the one that nothing here caused. */
  function lineage(span: SpanSeen): SpanSeen[] {
    const parent = collector.spans.find(({ spanId, traceId }) => spanId === span.parentSpanId && traceId === span.traceId);
    return parent ? [span, ...lineage(parent)] : [span];
  }

  const at = (span: SpanSeen): string => `${span.resource['service.name']}/${span.resource['ods.process']}`;

  it('lead from an upload through the worker to the other server, and back for the bytes', async () => {
    const route = 'GET /api/ods/packages/:uuid/content';
    const isGiven = (span: SpanSeen): boolean =>
      span.name === route && span.kind === SERVER && lineage(span).at(-1)?.name === 'POST /api/admin/upload';
    let uploads = 0;
    // Not always the first: work that is asked for twice at once is done once, and the registration may have asked before.
    const last = await eventually(
      async () => {
        const [filename, content] = [`traced-${(uploads += 1)}.pkg`, someBytes(3 * MB + 1)];
        await uploader.upload(filename, content);
        expect(sha256(await receiver.downloaded(filename))).toBe(sha256(content));
        return collector.span(isGiven, 5_000);
      },
      { timeoutMs: 120_000 },
    );
    const given = lineage(last);
    const places = given.map(at).filter((place, index, all) => place !== all[index - 1]);
    expect(places).toEqual(['uploader/api', 'receiver/api', 'uploader/worker', 'uploader/api']);
    const names = given.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['transfer', 'job packages.content-wanted', 'job sync.notify-peer', 'transaction']));
    expect(given.filter(({ status }) => status.code === ERROR)).toEqual([]);
  });

  it('are named in the log', async () => {
    const { traceId } = await collector.span(({ name, resource }) => name === 'transfer' && resource['service.name'] === 'receiver');
    await receiver.logged(new RegExp(`"trace_id":"${traceId}".*traced-\\d+\\.pkg .* has arrived`));
  });

  it('go on from what a client sends', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    await fetch(`${receiver.url}/api/admin/packages/77?token=not-for-traces`, { headers });
    const { parentSpanId, name, facts } = await collector.span((span) => span.traceId === traceId);
    expect([parentSpanId, name, facts['http.response.status_code']]).toEqual([
      'b7ad6b7169203331',
      'GET /api/admin/packages/:id_or_name',
      401,
    ]);
  });

  it('say why a call to a peer failed', async () => {
    await receiver.stop();
    await uploader.upload('missed.pkg', someBytes(1_000));
    const route = 'POST /api/ods/notifications';
    const isFailed = ({ name, kind, status }: SpanSeen): boolean => name === route && kind === CLIENT && status.code === ERROR;
    const failed = await collector.span(isFailed);
    expect(failed.status.message).toMatch(/^(?:Nothing answers at )?127\.0\.0\.1:\d+/);
    await receiver.start();
    await receiver.downloaded('missed.pkg');
  });

  it('hold no secret, no name from a URL, and no probe', async () => {
    const { key } = await receiver.ok<{ key: string }>('GET', '/api/admin/about');
    await collector.span(({ name }) => name === 'GET /api/admin/about');
    for (const secret of [ADMIN.password, key, 'Bearer', 'not-for-traces', 'traced-', 'for-the-collector', '/readyz']) {
      expect(collector.text).not.toContain(secret);
    }
    expect(new Set(collector.headers.map((each) => each['x-collector-key']))).toEqual(new Set(['for-the-collector']));
  });

  it('are lost without harm while the collector is away, which is said once', async () => {
    await receiver.restart({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_EXPORTER_OTLP_TIMEOUT: 300 });
    await receiver.logged('Traces could not be sent to http://127.0.0.1:9');
    await receiver.upload('untraced.pkg', someBytes(1_000));
    await uploader.downloaded('untraced.pkg');
    expect(await receiver.stop()).toBe(0);
    expect(receiver.logs.match(/Traces could not be sent/g)).toHaveLength(1);
    await receiver.start();
  });
});
