import { linkPath, type LinkedContent } from './download-link.js';
import { sha256Hex } from '#libs/platform/crypto/digest.js';
import { credentialsOf, type DownloadRules, judge, type KnownCredential, type ShownCredentials } from './download-policy.js';

const linkKey = Buffer.alloc(32, 7);
const content: LinkedContent = { filename: 'No MAD+ä.pkg', sha256: 'ab'.repeat(32) };
const END = 2_000_000_000;
const rules = (more: Partial<DownloadRules> = {}): DownloadRules => ({
  ...{ linkRequired: true, linkKey, credentials: [], nowMs: END * 1_000 - 1 },
  ...more,
});
const refusalOf = (shown: ShownCredentials, served: LinkedContent | null, by: DownloadRules) => judge(shown, served, by).refusal;
const ofPath = (path: string): ShownCredentials =>
  credentialsOf({ headers: {}, query: Object.fromEntries(new URL(path, 'http://x').searchParams) });
const good = ofPath(linkPath(linkKey, content, END));
const shown = (change: object): ShownCredentials => ({ link: { ...good.link!, ...change }, basic: null });

describe('whether a request may download', () => {
  it('is open to everybody, until a link is required', () => {
    const none = credentialsOf({ headers: {}, query: {} });
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
    expect(refusalOf(credentialsOf({ headers: {}, query: { expires: '1', other: 'x' } }), content, open)).toBeNull();
  });

  it('does not show which names there are to a caller without a good link', () => {
    expect(refusalOf(credentialsOf({ headers: {}, query: {} }), null, rules())).toBe('link-needed');
    expect(refusalOf(good, null, rules())).toBe('link-invalid');
    expect(refusalOf(good, null, rules({ linkRequired: false }))).toBeNull(); // not found, as ever
  });
});

describe('a credential', () => {
  const credential = (id: number, username: string, secret: string): KnownCredential => ({ id, username, secretSha256: sha256Hex(secret) });
  const known = [credential(1, 'jamf', 'first'), credential(2, 'munki', 'second'), credential(3, 'ünï', 'päss:wörd')];
  const closed = rules({ credentials: known });
  const basic = (text: string, scheme = 'Basic'): ShownCredentials =>
    credentialsOf({ query: {}, headers: { authorization: `${scheme} ${Buffer.from(text).toString('base64')}` } });

  it.each([
    ['jamf:first', 1],
    ['munki:second', 2],
    ['ünï:päss:wörd', 3],
  ])('opens downloads: %s', (text, id) => {
    expect(judge(basic(text), content, closed)).toMatchObject({ refusal: null, by: { id } });
    expect(judge(basic(text, 'bASIC '), null, closed)).toMatchObject({ refusal: null, by: { id } }); // what is not there is not found
  });

  it.each(['jamf:second', 'munki:first', 'JAMF:first', 'jamf:', ':first', 'jamf:first ', 'other:first', `jamf:${known[0]!.secretSha256}`])(
    'is refused: %j',
    (text) => expect(judge(basic(text), content, closed)).toEqual({ refusal: 'credential-refused' }),
  );

  it.each([undefined, '', 'Basic', 'Basic !!!', 'Bearer amFtZjpmaXJzdA==', `Basic ${Buffer.from('jamf').toString('base64')}`])(
    'is asked for where none is shown: %j',
    (authorization) =>
      expect(judge(credentialsOf({ query: {}, headers: { authorization } }), content, closed)).toEqual({ refusal: 'credential-needed' }),
  );

  it('is not looked at where downloads are open, and does not mend a link', () => {
    expect(judge(basic('jamf:wrong'), content, rules({ linkRequired: false, credentials: known }))).toEqual({ refusal: null, by: null });
    const both = { ...basic('jamf:first'), link: { ...good.link!, signature: 'x' } };
    expect(judge(both, content, closed)).toEqual({ refusal: 'link-invalid' });
    expect(judge({ ...basic('jamf:wrong'), link: good.link }, content, closed)).toEqual({ refusal: null, by: null });
  });
});
