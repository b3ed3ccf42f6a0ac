import type { PackageAtServerDto, PackageServersDto } from '#libs/api-client';
import { cellsOf, columnsOf } from './matrix-columns';

const at = (name: string, state: PackageAtServerDto['state']): PackageAtServerDto => ({
  ...{ iss: name, name, state, relation: 'peer', percent: null, sentence: '', last_heard_ts: null, reported_ts: null },
});
const row = (...servers: PackageAtServerDto[]): PackageServersDto => ({
  ...{
    id: 1,
    filename: 'a.pkg',
    stage: 'Prod',
    file_size: 1,
    everywhere: false,
    copies: 1,
    copies_state: 'one',
    status: 'partial',
    sentence: '',
    servers,
  },
});
const rows = [
  row(at('Berlin', 'held'), at('Oslo', 'not_wanted'), at('Rome', 'held')),
  row(at('Berlin', 'held'), at('Oslo', 'held'), at('Rome', 'missing')),
];
const names = (name: string, isLackingOnly: boolean) => columnsOf(rows, name, isLackingOnly).map((column) => column.name);

describe('the columns of the matrix', () => {
  it('are all servers, or those with a part of a name', () => {
    expect([names('', false), names(' RO', false)]).toEqual([['Berlin', 'Oslo', 'Rome'], ['Rome']]);
  });

  it('are only those that lack something in what is shown', () => {
    expect(names('', true)).toEqual(['Rome']);
  });

  it('have their cells in the same order, and none for a server that a row does not know', () => {
    const columns = [...columnsOf(rows, 'o', false), { iss: 'new', name: 'New', relation: 'known' as const }];
    expect(cellsOf(rows[1]!, columns).map((cell) => cell?.state)).toEqual(['held', 'missing', undefined]);
  });

  it('are none without rows', () => {
    expect(columnsOf([], '', false)).toEqual([]);
  });
});
