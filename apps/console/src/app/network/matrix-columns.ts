import type { PackageAtServerDto, PackageServersDto } from '#libs/api-client';

/** A column of the matrix. */
export interface Column {
  readonly iss: string;
  readonly name: string;
  readonly relation: PackageAtServerDto['relation'];
}

const isAsItShouldBe = ({ state }: PackageAtServerDto): boolean => state === 'held' || state === 'not_wanted';

/** The servers that are asked for: by a part of their name, or only those that lack something of what is shown. */
export function columnsOf(rows: readonly PackageServersDto[], name: string, isLackingOnly: boolean): Column[] {
  const lacking = new Set(rows.flatMap(({ servers }) => servers.filter((place) => !isAsItShouldBe(place)).map(({ iss }) => iss)));
  const wanted = name.trim().toLocaleLowerCase();
  const all = rows[0]?.servers ?? [];
  return all
    .filter((server) => server.name.toLocaleLowerCase().includes(wanted) && (!isLackingOnly || lacking.has(server.iss)))
    .map(({ iss, name: shown, relation }) => ({ iss, name: shown, relation }));
}

/** The cells of a row, in the order of the columns. A server that is new since the page was made has none. */
export function cellsOf(row: PackageServersDto, columns: readonly Column[]): (PackageAtServerDto | undefined)[] {
  const byIss = new Map(row.servers.map((place) => [place.iss, place]));
  return columns.map(({ iss }) => byIss.get(iss));
}
