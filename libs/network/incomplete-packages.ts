import { Injectable } from '@nestjs/common';
import { DIGEST_BUCKETS } from '#libs/replication/catalog-digest.js';
import { takesFilesOf } from '#libs/replication/holding-status.js';
import { admits, type Stage, stages } from '#libs/replication/stage.js';
import type { NetworkServer } from './known-servers.js';
import { NetworkPackageRepository } from './network-package.repository.js';
import { OwnDigest } from './own-digest.js';

type OpenBuckets = Readonly<Record<Stage, readonly boolean[]>>;

/** Its last report is recent and names everything that it lacks. */
const hasNamedAll = ({ summary, staleSince }: NetworkServer): boolean =>
  summary !== null && staleSince === null && summary.missingCount <= summary.missing.length;

/** For each stage and part of the catalog, whether some server has not confirmed it or has not said what it lacks of it. */
function openBuckets(self: NetworkServer, others: readonly NetworkServer[]): OpenBuckets {
  const open = (stage: Stage): boolean[] => {
    const admitting = others.filter((server) => admits(server.stage, stage));
    const isNowhere = admitting.length === 0 && !admits(self.stage, stage);
    if (isNowhere || !admitting.every(hasNamedAll)) return new Array<boolean>(DIGEST_BUCKETS).fill(true);
    const isOpen = (bucket: number, { agrees, summary }: NetworkServer): boolean =>
      agrees[bucket] !== true && (summary === null || takesFilesOf(bucket, summary));
    return Array.from({ length: DIGEST_BUCKETS }, (_, bucket) => admitting.some((server) => isOpen(bucket, server)));
  };
  return { Dev: open('Dev'), Test: open('Test'), Prod: open('Prod') };
}

/** The packages that are not everywhere they belong, or not known to be. Its cost follows what is incomplete, not the catalog. */
@Injectable()
export class IncompletePackages {
  constructor(
    private readonly digest: OwnDigest,
    private readonly packages: NetworkPackageRepository,
  ) {}

  /** Rising ids. The first server is this one. */
  async ids([self, ...others]: readonly NetworkServer[]): Promise<number[]> {
    const found = new Set(await this.packages.findWantedIds());
    for (const id of await this.named(others)) found.add(id);
    const open = openBuckets(self!, others);
    if (stages.some((stage) => open[stage].includes(true))) {
      for (const { id, bucket, deleted, stage } of (await this.digest.current()).rows()) {
        if (!deleted && open[stage][bucket]) found.add(id);
      }
    }
    return [...found].sort((a, b) => a - b);
  }

  /** Those that a server names as missing and that belong there. */
  private async named(others: readonly NetworkServer[]): Promise<number[]> {
    const lacking = new Map<string, Stage[]>();
    for (const { missing, stage } of others) {
      for (const uuid of missing.keys()) lacking.set(uuid, [...(lacking.get(uuid) ?? []), stage]);
    }
    const rows = await this.packages.findPresent([...lacking.keys()]);
    return rows.filter(({ uuid, stage }) => lacking.get(uuid)!.some((server) => admits(server, stage))).map(({ id }) => id);
  }
}
