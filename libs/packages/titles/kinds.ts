const kindsOfPkg = ['product_archive', 'component_package'];

/** An identifier of one kind of package says nothing about the same text in another kind. */
export const kindsLike = (kind: string | null): readonly string[] => (kind === null ? [] : kindsOfPkg.includes(kind) ? kindsOfPkg : [kind]);
