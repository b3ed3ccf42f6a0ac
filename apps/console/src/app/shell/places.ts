export type Place = 'packages' | 'network' | 'activity' | 'settings';

export interface Page {
  readonly path: string;
  readonly label: string;
}

/** The four places of the console. Everything that is set up once is a page under Settings. */
export const places: readonly (Page & { readonly place: Place })[] = [
  { place: 'packages', path: '/packages', label: $localize`Packages` },
  { place: 'network', path: '/network', label: $localize`Network` },
  { place: 'activity', path: '/activity', label: $localize`Activity` },
  { place: 'settings', path: '/admin', label: $localize`Settings` },
];

const serverPage: Page = { path: '/admin', label: $localize`Server` };

/** Clients of Munki have their repository at /munki. */
const munkiPage: Page = { path: '/repository', label: $localize`Munki` };

/** Who is not an administrator sees the server and the repository. */
export const settingsPages = (isAdmin: boolean): readonly Page[] =>
  isAdmin
    ? [
        serverPage,
        { path: '/people', label: $localize`Users` },
        { path: '/oidc', label: $localize`Sign-in` },
        { path: '/webhooks', label: $localize`Webhooks` },
        { path: '/notifications', label: $localize`E-mail` },
        { path: '/retention', label: $localize`Old versions` },
        { path: '/jamf', label: $localize`Jamf Pro` },
        munkiPage,
        { path: '/audit', label: $localize`Audit` },
      ]
    : [serverPage, munkiPage];

/** Without the query. */
export const pathOf = (url: string): string => url.split(/[?#]/)[0]!;

const roots: readonly (readonly [Place, readonly string[]])[] = [
  ['packages', ['packages', 'deleted']],
  ['network', ['network', 'held']],
  ['activity', ['activity']],
  ['settings', ['admin', 'people', 'oidc', 'webhooks', 'notifications', 'retention', 'jamf', 'repository', 'audit']],
];

/** Null on the overview. */
export const placeOf = (path: string): Place | null => roots.find(([, heads]) => heads.includes(path.split('/')[1] ?? ''))?.[0] ?? null;
