/** How the path of an operation names a package. */
export interface PackagePath {
  readonly id_or_name: string;
  readonly by?: 'name' | 'id';
}

/** By its name; said aloud where the name could be read as an id. */
export const byName = (filename: string): PackagePath => ({ id_or_name: filename, ...(/^\d+$/.test(filename) && { by: 'name' as const }) });

export const byId = (id: number): PackagePath => ({ id_or_name: String(id), by: 'id' });
