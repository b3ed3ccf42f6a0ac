import { isTrustedClaim } from './jamf-claim-trust.js';

const blockedMs = 1_000;
const blocked = [{ iss: 'gamma', blockedMs }];
const introduced = { iss: 'beta', introducedBy: 'gamma', receivedMs: blockedMs };

describe('whose word on a connection with Jamf Pro counts', () => {
  it('counts a registered server, though a blocked one introduced it', () => {
    expect(isTrustedClaim(introduced, { registered: new Set(['beta']), blocked })).toBe(true);
  });

  it('counts no blocked server', () => {
    const own = { iss: 'gamma', introducedBy: null, receivedMs: blockedMs + 1 };
    expect(isTrustedClaim(own, { registered: new Set(['gamma']), blocked })).toBe(false);
  });

  it('distrusts what came before the introducer was blocked, and counts what others brought later', () => {
    const trust = { registered: new Set<string>(), blocked };
    expect(isTrustedClaim(introduced, trust)).toBe(false);
    expect(isTrustedClaim({ ...introduced, receivedMs: blockedMs + 1 }, trust)).toBe(true);
  });

  it('counts one that no blocked server introduced', () => {
    expect(isTrustedClaim({ ...introduced, introducedBy: 'delta' }, { registered: new Set(), blocked })).toBe(true);
  });
});
