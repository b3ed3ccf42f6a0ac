import { nearestName, unknownName } from './nearest-name.js';

const fields = ['stage', 'notes', 'replace', 'sha256'];

describe('nearestName', () => {
  it.each([
    ['Stage', 'stage'],
    ['STAGE', 'stage'],
    ['sha-256', 'sha256'],
    ['SHA_256', 'sha256'],
    ['replce', 'replace'],
    ['note', 'notes'],
    ['stgae', 'stage'],
    ['replaces', 'replace'],
  ])('finds for %j %j', (name, found) => expect(nearestName(name, fields)).toBe(found));

  it.each(['owner', 'x', '', 'comment', '__proto__', 'constructor'])('finds nothing for %j', (name) =>
    expect(nearestName(name, fields)).toBeNull(),
  );

  it('says what is known when nothing is near, and never more of the name than is worth reading', () => {
    expect(unknownName('field', 'owner', fields)).toBe('There is no field "owner". Known: stage, notes, replace, sha256.');
    expect(unknownName('field', 'x'.repeat(500), []).length).toBeLessThan(120);
  });
});
