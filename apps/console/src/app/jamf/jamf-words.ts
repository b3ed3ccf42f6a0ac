import type { JamfCheckDto, JamfPointDto, JamfRecordDto } from '#libs/api-client';
import type { ChipTone } from '../shared/chip';

export type JamfState = JamfRecordDto['state'];

/** What a state is called. `act` needs a decision. */
export const stateWords: Readonly<Record<JamfState, readonly [ChipTone, string]>> = {
  in_step: ['good', $localize`In step`],
  waiting_content: ['busy', $localize`Waits for the content`],
  waiting_digest: ['busy', $localize`Waits for its hash`],
  to_create: ['busy', $localize`To be made`],
  to_update: ['busy', $localize`To be changed`],
  edited_hash: ['bad', $localize`Another hash`],
  conflict: ['bad', $localize`Several records`],
  missing_in_jamf: ['warn', $localize`Deleted in Jamf Pro`],
  orphan: ['warn', $localize`Left over`],
  failed: ['bad', $localize`Not written`],
};

export type JamfPointState = JamfPointDto['state'];

/** What the state of a distribution point is called. */
export const pointWords: Readonly<Record<JamfPointState, readonly [ChipTone, string]>> = {
  in_step: ['good', $localize`In step`],
  to_create: ['busy', $localize`To be made`],
  to_update: ['busy', $localize`To be changed`],
  edited: ['bad', $localize`Changed in Jamf Pro`],
  conflict: ['bad', $localize`Not unambiguous`],
  missing_in_jamf: ['warn', $localize`Deleted in Jamf Pro`],
  needs_https: ['warn', $localize`Needs HTTPS`],
  no_url: ['warn', $localize`No address`],
  server_gone: ['warn', $localize`Server gone`],
  left_alone: ['plain', $localize`Left alone`],
  failed: ['bad', $localize`Not written`],
};

export type JamfCheckState = JamfCheckDto['state'];

/** What a computer gets. */
export const checkWords: Readonly<Record<JamfCheckState, readonly [ChipTone, string]>> = {
  waiting: ['busy', $localize`Not tried yet`],
  right: ['good', $localize`Right`],
  expires_soon: ['warn', $localize`Certificate ends soon`],
  dns: ['bad', $localize`Name not found`],
  unreachable: ['bad', $localize`No answer`],
  tls: ['bad', $localize`Certificate not accepted`],
  redirected: ['bad', $localize`Redirected`],
  unauthorized: ['warn', $localize`Asks for a password`],
  not_found: ['bad', $localize`Not there`],
  refused: ['bad', $localize`Refused`],
  wrong_size: ['bad', $localize`Wrong size`],
  wrong_content: ['bad', $localize`Another content`],
  wrong_hash: ['bad', $localize`Another hash than the record`],
  no_record: ['warn', $localize`No record to compare with`],
};

/** Names of fields as the forms of Jamf Pro call them. */
const fieldWords: Readonly<Record<string, string>> = {
  fileName: $localize`File name`,
  packageName: $localize`Display name`,
  categoryId: $localize`Category`,
  priority: $localize`Priority`,
  info: $localize`Info`,
  hashType: $localize`Kind of hash`,
  hashValue: $localize`Hash`,
};

export const fieldWord = (field: string): string => fieldWords[field] ?? field;
