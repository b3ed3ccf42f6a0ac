import type { AuthorDto, InvitationDto, PublishRightsDto } from '#libs/api-client';

export type Preset = AuthorDto['preset'];

export type NamedPreset = NonNullable<InvitationDto['preset']>;

/** Those that an invitation can carry. */
export const namedPresets: readonly NamedPreset[] = ['full', 'publish-to-dev', 'receive-only'];
export const presets: readonly Preset[] = [...namedPresets, 'custom'];

export const presetWords: Readonly<Record<Preset, string>> = {
  full: $localize`Everything`,
  'publish-to-dev': $localize`Publish to Dev`,
  'receive-only': $localize`Nothing (receive only)`,
  custom: $localize`Custom`,
};

/** What each means for packages at this server. */
export const presetMeanings: Readonly<Record<Preset, string>> = {
  full: $localize`It may add, replace, promote and delete every package.`,
  'publish-to-dev': $localize`It may add and replace packages of the stage Dev. It cannot promote or delete.`,
  'receive-only': $localize`It receives packages, and none of its changes count here.`,
  custom: $localize`What you choose below.`,
};

/** What the server may do that registers with an invitation; null: the invitation does not say. */
export const invitationMeaning = (preset: NamedPreset | null): string =>
  preset === null
    ? $localize`As the setting NEW_SERVER_RIGHTS of this server says; everything, unless it was changed.`
    : presetMeanings[preset];

/** `add, replace; up to Test; Adobe*` */
export function rightsInWords({ publish, replace, promote, delete: remove, max_stage, names }: PublishRightsDto): string {
  const acts = [
    ...(publish ? [$localize`add`] : []),
    ...(replace ? [$localize`replace`] : []),
    ...(promote ? [$localize`promote and demote`] : []),
    ...(remove ? [$localize`delete`] : []),
  ];
  if (acts.length === 0) return $localize`nothing`;
  const scope = names.includes('*') ? $localize`all names` : names.join(', ');
  return $localize`${acts.join(', ')}; up to ${max_stage}; ${scope}`;
}

/** One pattern a line, without empty ones. */
export const patternsOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
