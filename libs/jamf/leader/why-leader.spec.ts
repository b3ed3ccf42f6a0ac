import type { NamedJamfServer } from '#libs/network/jamf-claims.js';
import { type LeaderFacts, obstacleOf, whyLeader } from './why-leader.js';

const NOW = 1_700_000_000_000;
const server = (name: string, priority: number, more: Partial<NamedJamfServer['claim']> = {}): NamedJamfServer => ({
  ...{ iss: name.toLowerCase(), name, heardMs: NOW },
  claim: { id: '0123456789abcdef', priority, ready: true, since: NOW, ...more },
});
const [own, berlin] = [server('Own', 110), server('Berlin', 100)];
const facts = (more: Partial<LeaderFacts>): LeaderFacts => ({
  ...{ own, leader: berlin, others: [berlin], obstacle: null, isItsTurn: false, nowMs: NOW },
  ...more,
});

describe('what stands in the way of a server', () => {
  it('is that it only compares, or a rule that it can never follow', () => {
    expect(obstacleOf('watch', [], 'Dev')).toBe('it only compares.');
    expect(obstacleOf('write', [{ include: true, stage: 'Test' }], 'Prod')).toContain('stage Test');
    expect(obstacleOf('write', [{ include: true, stage: 'Test' }], 'Test')).toBeNull();
  });

  it('is neither a rule for any stage nor one that leaves packages out', () => {
    const rules = [
      { include: true, stage: null },
      { include: false, stage: 'Dev' as const },
      { include: true, stage: 'Prod' as const },
    ];
    expect(obstacleOf('write', rules, 'Prod')).toBeNull();
  });
});

describe('why a server keeps Jamf Pro in step', () => {
  it.each<[string, Partial<LeaderFacts>]>([
    ['This server keeps Jamf Pro in step: no other one is connected with it.', { leader: own, others: [], isItsTurn: true }],
    ['This server keeps Jamf Pro in step: with the priority 110 it comes first of the servers that can.', { leader: own, isItsTurn: true }],
    ['The server "Berlin" keeps Jamf Pro in step: its priority 100 comes before 110, that of this server.', {}],
    [
      'The server "Berlin" keeps Jamf Pro in step: both have the priority 100, and its ISS ID is the lower one.',
      { own: server('Own', 100) },
    ],
    ['The server "Berlin" keeps Jamf Pro in step. This server could not take over: it only compares.', { obstacle: 'it only compares.' }],
    ['No server keeps Jamf Pro in step. This server does not: it only compares.', { leader: null, obstacle: 'it only compares.' }],
    [
      'No server keeps Jamf Pro in step. This server does not: Jamf Pro has not answered it as it should of late.',
      { leader: null, own: server('Own', 1, { ready: false }) },
    ],
  ])('%s', (sentence, more) => expect(whyLeader(facts(more))).toBe(sentence));

  it('names the moment from which on it does', () => {
    const waiting = server('Own', 1, { since: NOW + 600_000 });
    expect(whyLeader(facts({ own: waiting, leader: waiting }))).toBe(
      'This server takes over at 2023-11-14T22:23:20 UTC, once the others know of it.',
    );
    expect(whyLeader(facts({ leader: own }))).toContain('when it has looked again');
  });
});
