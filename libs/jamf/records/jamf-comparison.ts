import { Injectable } from '@nestjs/common';
import type { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import type { JamfRecord } from '#libs/entities/jamf-record.entity.js';
import { filenameKey } from '#libs/packages/filename.js';
import { listCategories } from '../client/categories.js';
import type { JamfClient } from '../client/jamf-client.js';
import { JamfFault } from '../client/jamf-fault.js';
import { capabilitiesOf } from '../client/jamf-version.js';
import type { PackageRecord } from '../client/package-record.js';
import { PackageRecords } from '../client/package-records.js';
import { versionOf } from '../connection/connection-test.js';
import { JamfRecordRepository } from './jamf-record.repository.js';
import { type MappedPackage, MappedPackages } from './mapped-packages.js';
import { planRecord, type RecordPlan } from './plan-record.js';
import { knownOf } from './record-row.js';
import { type WantedRecord, wantedRecord } from './wanted-record.js';

export type ComparisonSettings = Pick<JamfConnection, 'hashType' | 'gate' | 'createMissing'>;

/** One package beside its record. */
export interface ComparedPackage {
  readonly target: MappedPackage;
  readonly wanted: WantedRecord;
  readonly before: JamfRecord | null;
  readonly plan: RecordPlan;
}

/** A record that was kept from here, and whose package is gone or not mapped any more. */
export interface Orphan {
  readonly before: JamfRecord;
  /** Null: the record is gone too. */
  readonly record: PackageRecord | null;
}

export interface Compared {
  readonly version: string;
  readonly packages: readonly ComparedPackage[];
  readonly orphans: readonly Orphan[];
}

/** Compares every package that the rules map with the records of Jamf Pro. Writes nothing. */
@Injectable()
export class JamfComparison {
  constructor(
    private readonly mapped: MappedPackages,
    private readonly records: JamfRecordRepository,
  ) {}

  /** Throws JamfFault. */
  async run(client: JamfClient, settings: ComparisonSettings): Promise<Compared> {
    const version = await versionOf(client);
    requireCapabilities(version, settings);
    const targets = await this.mapped.all(settings.gate);
    const found = await new PackageRecords(client).list();
    const categories = await categoriesFor(client, targets);
    const rows = await this.records.all();
    const byName = groupedByName(found);
    const rowByKey = new Map(rows.map((row) => [row.filenameKey, row]));
    const packages = targets.map((target): ComparedPackage => {
      const before = rowByKey.get(target.filenameKey) ?? null;
      const wanted = wantedRecord(target.rule, target, categories);
      const input = { ...target, wanted, known: knownOf(before), found: byName.get(target.filenameKey) ?? [] };
      return { target, wanted, before, plan: planRecord({ ...input, ...settings }) };
    });
    return { version, packages, orphans: orphansOf(rows, targets, found) };
  }

  /** One package again, with the record as it is now. */
  again({ target, wanted, before }: ComparedPackage, record: PackageRecord, settings: ComparisonSettings): RecordPlan {
    return planRecord({ ...target, wanted, known: knownOf(before), found: [record], ...settings });
  }
}

function requireCapabilities(version: string, { hashType }: ComparisonSettings): void {
  const can = capabilitiesOf(version);
  if (!can.includes('packages')) throw new JamfFault('rejected', `This is Jamf Pro ${version}; package records can be read from 11.5 on.`);
  if (hashType === 'SHA3_512' && !can.includes('sha3_512'))
    throw new JamfFault('rejected', `Jamf Pro ${version} takes no SHA3-512; choose SHA-512 in the settings.`);
}

/** Ids by lower case name; asked for only when a rule names one. */
async function categoriesFor(client: JamfClient, targets: readonly MappedPackage[]): Promise<Map<string, string>> {
  if (!targets.some(({ rule }) => rule.category !== null)) return new Map();
  return new Map((await listCategories(client)).map(({ id, name }) => [name.toLowerCase(), id]));
}

function groupedByName(records: readonly PackageRecord[]): Map<string, PackageRecord[]> {
  const groups = new Map<string, PackageRecord[]>();
  for (const record of records) {
    const key = filenameKey(record.fileName);
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  return groups;
}

function orphansOf(rows: readonly JamfRecord[], targets: readonly MappedPackage[], found: readonly PackageRecord[]): Orphan[] {
  const mapped = new Set(targets.map(({ filenameKey: key }) => key));
  const byId = new Map(found.map((record) => [record.id, record]));
  return rows
    .filter((row) => !mapped.has(row.filenameKey))
    .map((before) => ({ before, record: before.base === null || before.jamfId === null ? null : (byId.get(before.jamfId) ?? null) }));
}
