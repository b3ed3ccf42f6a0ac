import { Injectable } from '@nestjs/common';
import type { JamfRecord, JamfRecordState } from '#libs/entities/jamf-record.entity.js';
import { JamfConnectionRepository } from '#libs/jamf/connection/jamf-connection.repository.js';
import { JamfLeadership } from '#libs/jamf/leader/jamf-leadership.js';
import { JamfRecordRepository } from '#libs/jamf/records/jamf-record.repository.js';
import { Clock } from '#libs/platform/clock.js';

const FRESH_MS = 86_400_000;

/** Why a package, by the key of its file name, is needed; null when nothing needs it. */
export type Use = (filenameKey: string) => string | null;

const unknown = 'Whether Jamf Pro has a record for it is not known: packages were not compared with Jamf Pro within a day.';
const notHere = 'Whether Jamf Pro has a record for it is not known: this server does not compare packages with Jamf Pro at present.';

/**
 * Why a comparison of `comparedMs` says nothing of now; null when it does. On a server that stands by, records stay as they were at its last
 * one.
 */
export function whyUnknown(comparedMs: number | null, mayCompare: boolean, nowMs: number): string | null {
  if (comparedMs === null || nowMs - comparedMs > FRESH_MS) return unknown;
  return mayCompare ? null : notHere;
}

/** There is no record, whatever number it once had. */
const isWithout: readonly JamfRecordState[] = ['to_create', 'missing_in_jamf'];

function needOf(record: JamfRecord | undefined): string | null {
  if (record === undefined) return 'Whether Jamf Pro has a record for it is not known: no rule for Jamf Pro fits it.';
  if (isWithout.includes(record.state)) return null;
  if (record.state === 'conflict') return 'Several package records in Jamf Pro name it.';
  return record.jamfId === null ? null : 'A package record in Jamf Pro names it.';
}

/** Which packages Jamf Pro has a record for. What is not known counts as needed. */
@Injectable()
export class JamfUse {
  constructor(
    private readonly connections: JamfConnectionRepository,
    private readonly records: JamfRecordRepository,
    private readonly leadership: JamfLeadership,
    private readonly clock: Clock,
  ) {}

  /** As the last comparison found it. */
  async load(): Promise<Use> {
    const connection = await this.connections.find();
    if (connection === null) return () => null;
    const mayCompare = await this.leadership.mayCompare(connection);
    // What was compared before this server took over may be older than what the one before has written.
    const { comparedMs, leadsFromMs } = connection;
    const isOwn = comparedMs !== null && comparedMs >= (leadsFromMs ?? 0);
    const why = whyUnknown(isOwn ? comparedMs : null, mayCompare, this.clock.now());
    if (why !== null) return () => why;
    const known = new Map((await this.records.all()).map((record) => [record.filenameKey, record]));
    return (key) => needOf(known.get(key));
  }
}
