import type { JamfForeignPoint, JamfNetwork, JamfPoint } from '#libs/entities/jamf-point.entity.js';
import { type JamfSites, problemsOf, whichServer } from './which-server.js';

let lastId = 0;
const network = (name: string, startingAddress: string, endingAddress: string, pointName: string | null): JamfNetwork => ({
  ...{ jamfId: String((lastId += 1)), name, startingAddress, endingAddress, building: null, pointName },
});
const point = (serverName: string, more: Partial<JamfPoint> = {}): JamfPoint => ({
  ...{ iss: serverName, serverName, managed: true, wantedName: null, context: 'share', jamfId: '1', pointName: `ODS ${serverName}` },
  ...{ address: null, state: 'in_step', reason: '', base: null, checkedMs: 0, writtenMs: null },
  ...more,
});
const foreign = (name: string, principal = false): JamfForeignPoint => ({ jamfId: name, name, address: '', principal });
const sites = (networks: JamfNetwork[], more: Partial<JamfSites> = {}): JamfSites => ({
  ...{ networks, points: [point('Berlin'), point('Rome')], foreign: [foreign('Cloud', true)] },
  ...more,
});

describe('which server a computer uses', () => {
  const usual = sites([
    network('Berlin', '10.1.0.0', '10.1.255.255', 'ODS Berlin'),
    network('Rome', '10.2.0.0', '10.2.0.9', 'ods rome'),
    network('Lab', '10.3.0.0', '10.3.0.255', 'Cloud'),
    network('Guests', '10.4.0.0', '10.4.0.255', null),
    network('Six', '2001:db8::', '2001:db8::ffff', 'ODS Rome'),
  ]);

  it.each<[string, string | null, string]>([
    ['10.1.0.0', 'Berlin', 'is the server "Berlin"'],
    ['10.1.255.255', 'Berlin', 'contains 10.1.255.255'],
    ['::ffff:10.1.2.3', 'Berlin', 'is the server "Berlin"'],
    ['10.2.0.9', 'Rome', 'is the server "Rome"'],
    ['2001:db8::1', 'Rome', 'is the server "Rome"'],
    ['10.2.0.10', null, 'No network segment contains 10.2.0.10: the computer uses the principal distribution point, "Cloud".'],
    ['10.3.0.1', null, 'is no server of the mesh'],
    ['10.4.0.1', null, 'has no distribution point'],
  ])('at %s is %s', (ip, server, sentence) => {
    const which = whichServer(ip, usual)!;
    expect(which.point?.serverName ?? null).toBe(server);
    expect(which.sentence).toContain(sentence);
  });

  it('is not guessed where segments disagree, and is known where they agree', () => {
    const inner = (pointName: string) => network('Inner', '10.1.2.0', '10.1.2.255', pointName);
    const outer = network('Outer', '10.0.0.0', '10.255.255.255', 'ODS Berlin');
    expect(whichServer('10.1.2.3', sites([outer, inner('ODS Rome')]))).toMatchObject({
      point: null,
      sentence: expect.stringContaining('Which one Jamf Pro chooses is not known here.'),
    });
    expect(whichServer('10.1.2.3', sites([outer, inner('ODS Berlin')]))?.point?.serverName).toBe('Berlin');
  });

  it.each(['', 'berlin', '10.1.2', '10.1.2.3.4', '10.1.2.3/24'])('is nothing for %p', (ip) => expect(whichServer(ip, usual)).toBeNull());
});

describe('what there is to mend', () => {
  const kinds = (found: JamfSites) => problemsOf(found).map(({ kind, network: { name } }) => `${kind} ${name}`);

  it('is nothing where every segment has its server', () => {
    expect(kinds(sites([network('A', '10.1.0.0', '10.1.0.9', 'ODS Berlin'), network('B', '10.1.0.10', '10.1.0.19', 'ODS Rome')]))).toEqual(
      [],
    );
  });

  it('is named for each segment', () => {
    const gone = { points: [point('Oslo', { state: 'server_gone' })] };
    expect(
      kinds(
        sites(
          [
            ...[network('A', '10.0.1.0', '10.0.1.9', null), network('B', '10.0.2.0', '10.0.2.9', 'Cloud')],
            ...[network('C', '10.0.3.0', '10.0.3.9', 'Old'), network('D', '10.0.4.0', '10.0.4.9', 'ODS Oslo')],
            ...[network('E', '10.0.5.9', '10.0.5.0', 'Cloud'), network('F', 'x', '10.0.6.1', 'Cloud')],
          ],
          gone,
        ),
      ),
    ).toEqual(['no_point A', 'foreign_point B', 'unknown_point C', 'server_gone D', 'unreadable E', 'unreadable F']);
  });

  it('names segments inside others, also when one between them is smaller', () => {
    const all = [
      network('Outer', '10.0.0.0', '10.255.255.255', 'ODS Berlin'),
      network('One', '10.1.0.0', '10.1.0.1', 'ODS Berlin'),
      network('Two', '10.2.0.0', '10.2.0.1', 'ODS Berlin'),
      network('Beside', '11.0.0.0', '11.0.0.1', 'ODS Berlin'),
      network('Six', '::a00:0', '::aff:ffff', 'ODS Berlin'),
    ];
    expect(kinds(sites(all))).toEqual(['overlap One', 'overlap Two']);
  });
});
