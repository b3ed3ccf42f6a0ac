import { eventTypeNames, eventTypes } from '#libs/events/event-types.js';
import { countOf, sentenceOf } from './event-words.js';
import { mailOf, testMail } from './mail-message.js';

const sender = { name: 'Berlin', url: 'https://ods.example.com' };
const at = Date.UTC(2026, 10, 23, 9, 5, 7);
const digest = (...events: [type: string, data: Record<string, unknown>][]) => ({
  events: events.map(([type, data]) => ({ type, data, createdMs: at })),
  counts: new Map(events.map(([type]) => [type, events.filter(([each]) => each === type).length])),
});

describe('a message about events', () => {
  it.each(eventTypeNames)('has a whole sentence for %s', (type) => {
    const sentence = sentenceOf({ type, createdMs: at, data: eventTypes[type].example });
    expect(sentence).toMatch(/^\S.*\S$/);
    expect(sentence).not.toMatch(/undefined|null|\[object|\.$| {2}/);
  });

  it('says in its subject what happened', () => {
    const held: [string, Record<string, unknown>] = ['deletes.held', { peer: 'Oslo', packages: 40 }];
    expect(mailOf(digest(held), sender).subject).toBe(
      '[Berlin] Changes from Oslo would delete, replace or withdraw 40 packages; they are held until an administrator decides',
    );
    expect(mailOf(digest(held, held, ['disk.low', {}]), sender).subject).toBe('[Berlin] 2 mass changes held, 1 package without room');
  });

  it('has the same in text and HTML, with the way to the console', () => {
    const { text, html } = mailOf(digest(['peer.unreachable', { name: 'Oslo & Søn', reason: 'connect ECONNREFUSED' }]), sender);
    expect(text).toContain('2026-11-23 09:05:07  The server Oslo & Søn does not answer: connect ECONNREFUSED.\n');
    expect(text).toContain('Console: https://ods.example.com\n');
    expect(html).toContain('The server Oslo &#38; Søn does not answer: connect ECONNREFUSED.');
    expect(html).toContain('<a href="https://ods.example.com">');
  });

  it('has no line of another sender in its subject, and ends in time', () => {
    const { subject } = mailOf(digest(['package.deleted', { filename: `a\r\nBcc: x@example.com\u2028${'é'.repeat(999)}` }]), {
      ...sender,
      name: 'Ber\nlin',
    });
    expect(subject).toMatch(/^\[Ber lin\] a Bcc: x@example\.com é+…$/);
    expect(subject).toHaveLength(150);
  });

  it('knows a number of each', () => {
    expect(countOf('package.synced', 1)).toBe('1 package arrived');
    expect(countOf('package.synced', 12)).toBe('12 packages arrived');
    expect(countOf('of.tomorrow', 2)).toBe('2 × of.tomorrow');
  });

  it('can be tried', () => {
    expect(testMail({ name: 'Berlin', url: null })).toMatchObject({ subject: '[Berlin] Test of e-mail notifications' });
  });
});
