import { Injectable } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { Arrival } from '#libs/packages/catalog/merge-plan.js';
import { registersOf } from '#libs/packages/catalog/registers-of.js';
import { filenameKey } from '#libs/packages/filename.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { legacyRegisters } from '#libs/replication/legacy-entry.js';
import { shownText } from '#libs/replication/plain-text.js';
import type { Refusal, RefusalCode } from '#libs/replication/refusal.js';
import { type AnyWrite, compareWrites, type Registers, updateOf, writesOf } from '#libs/replication/register.js';
import { spaceOf } from '#libs/replication/space.js';
import { isTooFarAhead } from '#libs/replication/stamp.js';
import { EntryMalformed } from '#libs/replication/wire-fields.js';
import { fromWire } from '#libs/replication/wire-entry.js';
import { writeFromWire } from '#libs/replication/wire-write.js';
import { AuthorKeys } from './author-keys.js';
import { checkName, type Fault, faultOf, type Judges, tooFarAhead } from './write-checks.js';

/** What a peer sent about one name, before it is trusted. */
export interface SentItem {
  readonly entry?: unknown;
  /** The parts of the entry; undefined from a server without registers. */
  readonly writes?: readonly unknown[] | undefined;
}

export interface ReadItems {
  readonly arrivals: Arrival[];
  readonly refused: Refusal[];
  /** The peer has sent a signed write. */
  readonly isSigning: boolean;
}

/** Parts of a name: the four registers, and room for those of a later version. */
const MOST_WRITES = 16;

interface ReadWrites {
  readonly filename: string;
  readonly writes: AnyWrite[];
}

const nameIn = (entry: unknown): string => {
  const filename = (entry as { filename?: unknown } | null)?.filename;
  return typeof filename === 'string' ? shownText(filename.slice(0, 255)) : '';
};

const malformed = (filename: string, error: unknown): Refusal => ({
  ...{ code: 'malformed', filename, writes: [] },
  reason: `${filename ? `The entry of ${filename}` : 'An entry'} is malformed: ${(error as Error).message}`,
});

/** Reads and verifies what peers send: one item, or one part of it, that is wrong holds up nothing else (docs/mesh.md §12). */
@Injectable()
export class WriteReader {
  constructor(
    private readonly keys: AuthorKeys,
    private readonly packages: PackageRepository,
    private readonly identity: ServerIdentity,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  async acceptsUnsigned(): Promise<boolean> {
    const setting = this.config.get('ACCEPT_UNSIGNED_WRITES');
    return setting === 'auto' ? (await this.identity.get()).acceptUnsignedWrites : setting === 'true';
  }

  /** `mustSign`: the peer has sent signed writes before. */
  async read(items: readonly SentItem[], mustSign: boolean): Promise<ReadItems> {
    const refused: Refusal[] = [];
    const nowMs = this.clock.now();
    const acceptsUnsigned = await this.acceptsUnsigned();
    const arrivals: Arrival[] = [];
    const parts: ReadWrites[] = [];
    for (const item of items) {
      if (item.writes) parts.push(...this.readWrites(item, refused));
      else arrivals.push(...this.readRecord(item, { acceptsUnsigned, mustSign, nowMs }, refused));
    }
    arrivals.push(...(await this.verify(parts, { acceptsUnsigned, nowMs }, refused)));
    return { arrivals, refused, isSigning: arrivals.some(({ update }) => update && writesOf(update).some(({ sig }) => sig !== null)) };
  }

  /** The parts of one name, each of which may be malformed. */
  private readWrites({ entry, writes = [] }: SentItem, refused: Refusal[]): ReadWrites[] {
    const filename = nameIn(entry);
    const read: AnyWrite[] = [];
    for (const value of writes.slice(0, MOST_WRITES)) {
      try {
        const write = writeFromWire(value);
        checkName(write.filename);
        read.push(write);
      } catch (error) {
        refused.push(malformed(filename, error));
      }
    }
    return read.length > 0 ? [{ filename: filename || read[0]!.filename, writes: read }] : [];
  }

  /** The entry of a server without registers. */
  private readRecord(
    { entry: value }: SentItem,
    { acceptsUnsigned, mustSign, nowMs }: Omit<Judges, 'ring'> & { readonly mustSign: boolean },
    refused: Refusal[],
  ): Arrival[] {
    try {
      const entry = fromWire(value);
      checkName(entry.filename);
      const { filename, stamp } = entry;
      if (spaceOf(filename) !== '') throw new EntryMalformed('An entry without parts can only be of the share.');
      const writes = writesOf(legacyRegisters(entry));
      if (isTooFarAhead(stamp, nowMs)) refused.push({ ...tooFarAhead(filename, stamp.wallMs, nowMs), filename, writes });
      else if (mustSign)
        refused.push({
          code: 'signature',
          filename,
          writes,
          reason: `The entry of ${filename} is not signed, and the server that sent it has signed before.`,
        });
      else if (!acceptsUnsigned) {
        const reason = `The entry of ${filename} is not signed. Upgrade the server that sent it, or set ACCEPT_UNSIGNED_WRITES=true.`;
        refused.push({ code: 'unsigned', filename, writes, reason });
      } else return [{ filename, entry }];
    } catch (error) {
      refused.push(malformed(nameIn(value), error));
    }
    return [];
  }

  private async verify(parts: readonly ReadWrites[], judges: Omit<Judges, 'ring'>, refused: Refusal[]): Promise<Arrival[]> {
    if (parts.length === 0) return [];
    const known = await this.knownAmong(parts);
    const authors = new Set(parts.flatMap(({ writes }) => writes.map(({ stamp }) => stamp.iss)));
    const ring = await this.keys.ringOf([...authors]);
    return parts.flatMap(({ filename, writes }): Arrival[] => {
      const key = filenameKey(filename);
      const ours = known.get(key);
      // Most of what peers send is known already: there is no need to verify it again.
      const news = writes.filter((write) => !ours || !isKnown(write, ours));
      const update = updateOf(writes);
      const judged = news.map((write) => ({ write, fault: faultOf(write, key, update, { ...judges, ring }) }));
      refused.push(...together(filename, judged));
      const accepted = judged.filter(({ fault }) => fault === null).map(({ write }) => write);
      return accepted.length > 0 ? [{ filename, update: updateOf(accepted) }] : [];
    });
  }

  private async knownAmong(parts: readonly ReadWrites[]): Promise<ReadonlyMap<string, Registers>> {
    const rows = await this.packages.findByKeys([...new Set(parts.map(({ filename }) => filenameKey(filename)))]);
    return new Map(rows.map((row) => [row.filenameKey, registersOf(row)]));
  }
}

/** The parts of a name that are refused for the same reason are refused together. */
function together(filename: string, judged: readonly { readonly write: AnyWrite; readonly fault: Fault | null }[]): Refusal[] {
  const refusals = new Map<RefusalCode, Refusal>();
  for (const { write, fault } of judged) {
    if (!fault) continue;
    const known = refusals.get(fault.code);
    refusals.set(fault.code, { ...(known ?? { ...fault, filename }), writes: [...(known?.writes ?? []), write] });
  }
  return [...refusals.values()];
}

function isKnown(write: AnyWrite, ours: Registers): boolean {
  const known = ours[write.register];
  return known !== null && compareWrites(known, write) === 0;
}
