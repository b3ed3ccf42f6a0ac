import { Injectable } from '@nestjs/common';
import type { JamfGate } from '#libs/entities/jamf-connection.entity.js';
import type { JamfRule } from '#libs/entities/jamf-rule.entity.js';
import type { Package } from '#libs/entities/package.entity.js';
import { NetworkService } from '#libs/network/network.service.js';
import type { TitledPackage } from '#libs/packages/titles/title-match.js';
import { TitledPackages } from '#libs/packages/titles/titled-packages.js';
import type { ContentHashes } from '../digests/content-hashes.js';
import { JamfRuleRepository } from '../rules/jamf-rule.repository.js';
import { ruleFor } from '../rules/rule-match.js';
import { JamfRecordRepository } from './jamf-record.repository.js';

const PAGE = 500;

/** A package that the rules give a record. */
export interface MappedPackage extends TitledPackage {
  readonly filenameKey: string;
  readonly uuid: string;
  readonly rule: JamfRule;
  readonly hashes: ContentHashes;
  /** Why its record is not written yet; null when it may be. */
  readonly waitsFor: string | null;
}

/** The packages of this server, as far as they concern Jamf Pro. */
@Injectable()
export class MappedPackages {
  constructor(
    private readonly packages: TitledPackages,
    private readonly records: JamfRecordRepository,
    private readonly rules: JamfRuleRepository,
    private readonly network: NetworkService,
  ) {}

  async all(gate: JamfGate): Promise<MappedPackage[]> {
    const rules = await this.rules.all();
    const elsewhere = gate === 'all_servers' ? await this.incomplete() : new Map<number, string>();
    const mapped: MappedPackage[] = [];
    for await (const page of this.packages.pages()) {
      const digests = await this.records.digestsOf(page.map(({ row }) => row.uuid));
      for (const { row, read: _read, ...ruled } of page) {
        const rule = ruleFor(rules, ruled);
        if (rule === null) continue;
        const { md5 = null, sha512 = null, sha3512 = null } = digests.get(row.uuid) ?? {};
        const hashes = { sha256: row.sha256, md5, sha512, sha3512 };
        const waitsFor = elsewhere.get(row.id) ?? waitsHere(row);
        mapped.push({ ...ruled, filenameKey: row.filenameKey, uuid: row.uuid, rule, hashes, waitsFor });
      }
    }
    return mapped;
  }

  /** Packages that are not known to be wherever they belong, with the sentence that says so. */
  private async incomplete(): Promise<Map<number, string>> {
    const found = new Map<number, string>();
    for (let afterId: number | null = 0; afterId !== null;) {
      const { rows, next }: Awaited<ReturnType<NetworkService['matrix']>> = await this.network.matrix(true, afterId, PAGE);
      for (const { row, sentence } of rows) found.set(row.id, sentence);
      afterId = next;
    }
    return found;
  }
}

const waitsHere = ({ status, uuid, servedUuid }: Package): string | null =>
  status === 'Public' && servedUuid === uuid ? null : 'This server does not have the content yet.';
