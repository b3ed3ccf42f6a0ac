import { Injectable } from '@nestjs/common';
import type { JamfGate } from '#libs/entities/jamf-connection.entity.js';
import type { JamfRule } from '#libs/entities/jamf-rule.entity.js';
import type { Package } from '#libs/entities/package.entity.js';
import { NetworkService } from '#libs/network/network.service.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import type { ContentHashes } from '../digests/content-hashes.js';
import { JamfRuleRepository } from '../rules/jamf-rule.repository.js';
import { ruleFor, type RuledPackage } from '../rules/rule-match.js';
import { JamfRecordRepository } from './jamf-record.repository.js';

const PAGE = 500;

/** A package that the rules give a record. */
export interface MappedPackage extends RuledPackage {
  readonly filenameKey: string;
  readonly uuid: string;
  readonly rule: JamfRule;
  readonly hashes: ContentHashes;
  /** Why its record is not written yet; null when it may be. */
  readonly waitsFor: string | null;
}

/** A package as the rules see it. */
export interface Candidate extends RuledPackage {
  readonly row: Package;
}

/** The packages of this server, as far as they concern Jamf Pro. */
@Injectable()
export class MappedPackages {
  constructor(
    private readonly packages: PackageRepository,
    private readonly records: JamfRecordRepository,
    private readonly rules: JamfRuleRepository,
    private readonly network: NetworkService,
  ) {}

  /** Every package that is not deleted, in pages. */
  async *candidates(): AsyncGenerator<Candidate[]> {
    for (let afterId = 0; ;) {
      const rows = await this.packages.findPresentAfter(afterId, PAGE);
      if (rows.length === 0) return;
      afterId = rows.at(-1)!.id;
      const titles = await this.records.titlesOf(rows.map(({ uuid }) => uuid));
      yield rows.map((row) => {
        const { titleKey = null, title = null, version = null } = titles.get(row.uuid) ?? {};
        return { row, filename: row.filename, stage: row.stage, titleKey, title, version };
      });
    }
  }

  async all(gate: JamfGate): Promise<MappedPackage[]> {
    const rules = await this.rules.all();
    const elsewhere = gate === 'all_servers' ? await this.incomplete() : new Map<number, string>();
    const mapped: MappedPackage[] = [];
    for await (const page of this.candidates()) {
      const digests = await this.records.digestsOf(page.map(({ row }) => row.uuid));
      for (const { row, ...ruled } of page) {
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
