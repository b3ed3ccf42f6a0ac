/** Which catalog a name is in: '' is the share that managed computers download packages from, `munki` the Munki repository. */
export const spaces = ['', 'munki'] as const;
export type Space = (typeof spaces)[number];

/** What names of the Munki repository begin with. No name of the share has a slash. */
export const MUNKI_PREFIX = 'munki/';

/** The space of a name, or of its key. */
export const spaceOf = (name: string): Space => (name.startsWith(MUNKI_PREFIX) ? 'munki' : '');
