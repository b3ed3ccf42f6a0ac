/** Something that is fetched: not here yet, here, or impossible to get. What was here stays while it is fetched again. */
export type Loadable<T> =
  | { readonly status: 'loading' }
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'failed'; readonly message: string };

export const loading = { status: 'loading' } as const;

export const valueOf = <T>(loadable: Loadable<T>): T | null => (loadable.status === 'ready' ? loadable.value : null);
