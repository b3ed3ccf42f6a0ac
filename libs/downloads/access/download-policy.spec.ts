import { linkPath, type LinkedContent } from './download-link.js';
import { credentialsOf, type DownloadCredentials, type DownloadRules, refusalOf } from './download-policy.js';

const linkKey = Buffer.alloc(32, 7);
const content: LinkedContent = { filename: 'No MAD+ä.pkg', sha256: 'ab'.repeat(32) };
const END = 2_000_000_000;
const rules = (more: Partial<DownloadRules> = {}): DownloadRules => ({ linkRequired: true, linkKey, nowMs: END * 1_000 - 1, ...more });
const ofPath = (path: string): DownloadCredentials => credentialsOf({ query: Object.fromEntries(new URL(path, 'http://x').searchParams) });
const good = ofPath(linkPath(linkKey, content, END));
const shown = (change: object): DownloadCredentials => ({ link: { ...good.link!, ...change } });

describe('whether a request may download', () => {
  it('is open to everybody, until a link is required', () => {
    const none = credentialsOf({ query: {} });
    expect(refusalOf(none, content, rules({ linkRequired: false }))).toBeNull();
    expect(refusalOf(none, content, rules())).toBe('link-needed');
  });

  it('lets a link through until it expires', () => {
    expect(refusalOf(good, content, rules())).toBeNull();
    expect(refusalOf(good, content, rules({ nowMs: END * 1_000 }))).toBe('link-expired');
  });

  it('is for the name in any spelling', () => {
    expect(refusalOf(good, { ...content, filename: 'NO MAD+Ä.PKG' }, rules())).toBeNull();
    expect(refusalOf(good, { ...content, filename: 'other.pkg' }, rules())).toBe('link-invalid');
  });

  it('is for the content that it was made for', () => {
    expect(refusalOf(good, { ...content, sha256: 'cd'.repeat(32) }, rules())).toBe('link-invalid');
  });

  it('needs the key of this server', () => {
    expect(refusalOf(good, content, rules({ linkKey: Buffer.alloc(32, 8) }))).toBe('link-invalid');
  });

  it.each([
    { expires: String(END + 1) },
    { expires: `0${END}` },
    { expires: `${END} ` },
    { expires: '' },
    { expires: undefined },
    { expires: [String(END)] },
    { expires: 'Infinity' },
    { signature: '' },
    { signature: ['x', 'y'] },
    { signature: 'A'.repeat(43) },
  ])('refuses a link with %j', (change) => {
    expect(refusalOf(shown(change), content, rules())).toBe('link-invalid');
  });

  it('judges a link that is shown, also where none is needed', () => {
    const open = rules({ linkRequired: false });
    expect(refusalOf(shown({ signature: 'x' }), content, open)).toBe('link-invalid');
    expect(refusalOf(good, content, { ...open, nowMs: END * 1_000 })).toBe('link-expired');
    expect(refusalOf(credentialsOf({ query: { expires: '1', other: 'x' } }), content, open)).toBeNull();
  });

  it('does not show which names there are to a caller without a good link', () => {
    expect(refusalOf(credentialsOf({ query: {} }), null, rules())).toBe('link-needed');
    expect(refusalOf(good, null, rules())).toBe('link-invalid');
    expect(refusalOf(good, null, rules({ linkRequired: false }))).toBeNull(); // not found, as ever
  });
});
