import { filenameKey } from '#libs/packages/filename.js';
import { JamfFault } from './jamf-fault.js';

/** A package record as Jamf Pro gave it, with every property, also those that are not known here. */
export type PackageRecord = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly packageName: string;
  readonly fileName: string;
};

/** What a record is written with: everything but what Jamf Pro keeps. */
export type RecordFields = Readonly<Record<string, unknown>>;

const readOnly = ['id', 'indexed', 'cloudTransferStatus', 'size'];

/** Throws JamfFault `unreadable`. */
export function recordOf(value: unknown): PackageRecord {
  const { id, packageName, fileName } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof id === 'string' && /^\d{1,15}$/.test(id) && typeof packageName === 'string' && typeof fileName === 'string')
    return value as PackageRecord;
  throw new JamfFault('unreadable', 'Jamf Pro listed a package record without its id, name or file name.');
}

/** The fields that a PUT sends back. */
export const writableFields = (record: PackageRecord): RecordFields =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !readOnly.includes(name)));

export const isOfFile = (record: PackageRecord, filename: string): boolean => filenameKey(record.fileName) === filenameKey(filename);
