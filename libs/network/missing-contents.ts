import { Injectable } from '@nestjs/common';
import { receivedBytesOf, type Transfer } from '#libs/entities/transfer.entity.js';
import { MAX_NAMED_MISSING, type MissingContent } from '#libs/replication/server-summary.js';
import { NetworkPackageRepository, type WantedRow } from './network-package.repository.js';

/** One line that every server takes: control and invisible characters are blanks. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, ' ').trim();

function reasonOf({ status }: WantedRow, transfer: Transfer | undefined): string | null {
  if (transfer?.state === 'active') return null;
  if (transfer?.state === 'cancelled') return 'an administrator cancelled the transfer.';
  if (transfer?.lastError) return oneLine(transfer.lastError);
  return status === 'Quarantined' ? 'its copy was found damaged, and a new one is needed.' : null;
}

function missingContent(row: WantedRow, transfer: Transfer | undefined): MissingContent {
  const percent = transfer && row.size > 0 ? Math.min(100, Math.floor((receivedBytesOf(transfer) * 100) / row.size)) : 0;
  return { uuid: row.uuid, percent, isActive: transfer?.state === 'active', reason: reasonOf(row, transfer) };
}

/** What this server admits and has not got, and why. */
@Injectable()
export class MissingContents {
  constructor(private readonly packages: NetworkPackageRepository) {}

  count(): Promise<number> {
    return this.packages.countWanted();
  }

  /** The first of them: what is being fetched, then the newest. */
  async first(): Promise<MissingContent[]> {
    const active = await this.packages.findWanted(await this.packages.findActiveUuids(MAX_NAMED_MISSING));
    const seen = new Set(active.map(({ uuid }) => uuid));
    const others = (await this.packages.findNewestWanted(MAX_NAMED_MISSING)).filter(({ uuid }) => !seen.has(uuid));
    return this.describe([...active, ...others].slice(0, MAX_NAMED_MISSING));
  }

  /** Those of these contents that are missing here. */
  async among(uuids: readonly string[]): Promise<MissingContent[]> {
    return this.describe(await this.packages.findWanted(uuids));
  }

  private async describe(rows: readonly WantedRow[]): Promise<MissingContent[]> {
    const transfers = await this.packages.findTransfers(rows.map(({ uuid }) => uuid));
    const byUuid = new Map(transfers.map((transfer) => [transfer.uuid, transfer]));
    return rows.map((row) => missingContent(row, byUuid.get(row.uuid)));
  }
}
