import type { PackageDto } from '#libs/api-client';
import type { ChipTone } from '../shared/chip';

export type Status = PackageDto['status'];
export type Stage = PackageDto['stage'];

export const stages: readonly Stage[] = ['Dev', 'Test', 'Prod'];
export const statuses: readonly Status[] = ['Public', 'Downloading', 'Waiting', 'Withdrawn', 'Failed', 'Quarantined'];

interface Words {
  readonly tone: ChipTone;
  /** What it means for the reader, in a sentence. */
  readonly meaning: string;
}

/** The entry's content is not here, and an earlier one is. */
export const pendingMeaning = $localize`A new content is on its way. The earlier one is served until the new one is here and verified.`;

export const statusWords: Readonly<Record<Status, Words>> = {
  Public: { tone: 'good', meaning: $localize`Whole, verified, and available for download from this server.` },
  Downloading: { tone: 'busy', meaning: $localize`On its way here from another server.` },
  Waiting: {
    tone: 'warn',
    meaning: $localize`Wanted here; fetched as soon as another server has it and there is room for it.`,
  },
  Withdrawn: {
    tone: 'plain',
    meaning: $localize`Not for this server: its stage is earlier than this server's. Promote it to make it available here.`,
  },
  Failed: { tone: 'bad', meaning: $localize`Could not be fetched. Activity shows why; it is retried automatically.` },
  Quarantined: { tone: 'bad', meaning: $localize`Found damaged on disk and taken offline; it is fetched again.` },
  Deleted: { tone: 'plain', meaning: $localize`Deleted.` },
};
