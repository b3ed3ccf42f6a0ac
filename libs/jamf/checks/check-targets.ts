import { Injectable } from '@nestjs/common';
import type { JamfPoint } from '#libs/entities/jamf-point.entity.js';
import { NetworkService } from '#libs/network/network.service.js';
import { JamfPointRepository } from '../points/jamf-point.repository.js';
import { JamfRecordRepository } from '../records/jamf-record.repository.js';
import type { ExpectedContent } from './judge-check.js';
import type { CheckTarget } from './pick-checks.js';

const PAGE = 500;

/** A package that computers should get by a distribution point: its record is in step, and the server is known to have it. */
export interface PackageTarget extends CheckTarget, ExpectedContent {
  readonly filename: string;
  readonly jamfId: string;
}

export interface ServerTargets {
  readonly point: JamfPoint & { readonly address: string };
  readonly targets: readonly PackageTarget[];
}

/** What is to be had by which distribution point. */
@Injectable()
export class CheckTargets {
  constructor(
    private readonly points: JamfPointRepository,
    private readonly records: JamfRecordRepository,
    private readonly network: NetworkService,
  ) {}

  /** Of the distribution points that are in step. */
  async all(): Promise<ServerTargets[]> {
    const points = (await this.points.all()).filter(({ state, address }) => state === 'in_step' && address !== null);
    if (points.length === 0) return [];
    const found = new Map<string, PackageTarget[]>(points.map(({ iss }) => [iss, []]));
    const records = new Map((await this.records.findByState('in_step')).map((record) => [record.filenameKey, record]));
    for (let afterId: number | null = 0; afterId !== null;) {
      const { rows, next }: Awaited<ReturnType<NetworkService['matrix']>> = await this.network.matrix(false, afterId, PAGE);
      for (const { row, places } of rows) {
        const { filename, filenameKey, uuid, size, sha256 } = row;
        const jamfId = records.get(filenameKey)?.jamfId ?? null;
        if (jamfId === null) continue;
        for (const { server, status } of places)
          if (status.holding === 'held') found.get(server.iss)?.push({ filename, filenameKey, uuid, size, sha256, jamfId });
      }
      afterId = next;
    }
    return points.map((point) => ({ point: { ...point, address: point.address! }, targets: found.get(point.iss)! }));
  }
}
