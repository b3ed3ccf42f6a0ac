import { Injectable } from '@nestjs/common';
import type { JamfCheck } from '#libs/entities/jamf-check.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import type { JamfClient } from '../client/jamf-client.js';
import { JamfFault } from '../client/jamf-fault.js';
import { PackageRecords } from '../client/package-records.js';
import { hashOf, nodeAlgorithm, type RecordHash } from '../digests/content-hashes.js';
import { CheckTargets, type PackageTarget, type ServerTargets } from './check-targets.js';
import { ClientDownload } from './client-download.js';
import { JamfCheckRepository } from './jamf-check.repository.js';
import { judgeAnswer, type Judgement, serverStates } from './judge-check.js';
import { pickChecks, type PickedCheck } from './pick-checks.js';

const DETAIL_LENGTH = 500;
/** States in which a computer gets what it should. */
const well: readonly JamfCheck['state'][] = ['waiting', 'right', 'expires_soon'];

type Result = Judgement & Pick<JamfCheck, 'wholeMs' | 'rate'>;

export const downloadUrl = (address: string, filename: string): string => `${address}/Packages/${encodeURIComponent(filename)}`;

/** Tries distribution points as a computer would, and writes down what it got. */
@Injectable()
export class ClientChecker {
  constructor(
    private readonly targets: CheckTargets,
    private readonly checks: JamfCheckRepository,
    private readonly download: ClientDownload,
    private readonly db: Database,
    private readonly events: DomainEvents,
    private readonly clock: Clock,
  ) {}

  /** Throws JamfFault when a record was to be read and Jamf Pro did not give it. */
  async run(client: JamfClient, signal: AbortSignal): Promise<void> {
    const servers = await this.targets.all();
    await this.checks.keepServers(servers.map(({ point }) => point.iss));
    for (const server of servers) await this.checkServer(server, client, signal);
  }

  private async checkServer({ point, targets }: ServerTargets, client: JamfClient, signal: AbortSignal): Promise<void> {
    const rows = await this.checks.ofServer(point.iss);
    const wanted = new Set(targets.map(({ filenameKey }) => filenameKey));
    await this.checks.removeById(rows.filter(({ filenameKey }) => !wanted.has(filenameKey)).map(({ id }) => id));
    const broken: { filename: string; judged: Judgement }[] = [];
    for (const picked of pickChecks(targets, rows, this.clock.now())) {
      signal.throwIfAborted();
      const result = await this.check(downloadUrl(point.address, picked.target.filename), picked, client, signal);
      await this.save(point.iss, picked, result);
      const wasWell = picked.before === null || well.includes(picked.before.state);
      if (wasWell && !well.includes(result.state)) broken.push({ filename: picked.target.filename, judged: result });
      if (serverStates.includes(result.state)) break; // the others would wait for the same
    }
    const [first] = broken;
    if (first)
      await this.db.transaction(() =>
        this.events.record('jamf.check_failed', {
          ...{ server: point.serverName, filename: first.filename, state: first.judged.state, reason: first.judged.detail },
          packages: broken.length,
        }),
      );
  }

  private async check(url: string, picked: PickedCheck<PackageTarget>, client: JamfClient, signal: AbortSignal): Promise<Result> {
    const { target, depth, before } = picked;
    const kept = { wholeMs: before?.wholeMs ?? null, rate: before?.rate ?? null };
    if (depth === 'head') return { ...judgeAnswer(await this.download.head(url, signal), target, this.clock.now()), ...kept };
    const expected = await hashIn(client, target.jamfId);
    const algorithm = expected && nodeAlgorithm(expected.type);
    if (expected === null || algorithm === null)
      return { state: 'no_record', detail: `Package record ${target.jamfId} is gone, or has no hash to compare with.`, ...kept };
    const { answer, hash, bytes, ms } = await this.download.whole(url, algorithm, signal);
    const judged = judgeAnswer(answer, target, this.clock.now());
    if (!well.includes(judged.state) || hash === null) return { ...judged, ...kept };
    const now = { wholeMs: this.clock.now(), rate: Math.round((bytes * 1_000) / ms) };
    if (bytes !== target.size) return { state: 'wrong_size', detail: `It gave ${bytes} bytes; the package has ${target.size}.`, ...now };
    if (hash !== expected.value)
      return { state: 'wrong_hash', detail: `Its ${expected.type} is not the one of package record ${target.jamfId}.`, ...now };
    return { ...judged, ...now };
  }

  private save(iss: string, { target, before }: PickedCheck<PackageTarget>, { detail, ...result }: Result): Promise<void> {
    const { filename, filenameKey, uuid } = target;
    const place = { iss, filename, filenameKey, uuid };
    const row = { ...place, ...result, detail: detail.slice(0, DETAIL_LENGTH), checkedMs: this.clock.now(), asked: null, askedMs: null };
    return this.db.transaction(async () => {
      // What was asked for meanwhile is not forgotten.
      const now = before === null ? null : await this.checks.find(before.id);
      const isAskedAnew = now !== null && now.askedMs !== before?.askedMs;
      await this.checks.save(isAskedAnew ? { ...row, asked: now.asked, askedMs: now.askedMs } : row);
    });
  }
}

/** The hash in a record as it is now; null: the record or its hash is gone. */
async function hashIn(client: JamfClient, id: string): Promise<RecordHash | null> {
  try {
    return hashOf(await new PackageRecords(client).get(id));
  } catch (error) {
    if (error instanceof JamfFault && error.kind === 'not_found') return null;
    throw error;
  }
}
