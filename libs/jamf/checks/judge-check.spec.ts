import { type ClientAnswer, judgeAnswer } from './judge-check.js';

const NOW = Date.UTC(2026, 10, 28);
const DAY = 86_400_000;
const expected = { size: 1_000, sha256: 'ab'.repeat(32) };
const etag = `"sha256-${Buffer.from(expected.sha256, 'hex').toString('base64url')}"`;
const right = { 'content-range': 'bytes 0-0/1000', etag };
const answer = (status: number, headers: Record<string, unknown> = right, endsMs: number | null = NOW + 90 * DAY): ClientAnswer => ({
  ...{ kind: 'answer', status, headers, certificateEndsMs: endsMs },
});
const fault = (code: string): ClientAnswer => ({ kind: 'fault', code, message: 'it broke' });

describe('what a computer gets', () => {
  it.each<[string, ClientAnswer, string]>([
    ['the first byte', answer(206), 'right'],
    ['everything, from a server that knows no ranges', answer(200, { 'content-length': '1000' }), 'right'],
    ['no length at all', answer(200, {}), 'right'],
    ['an ETag of another kind, as of a cache in front', answer(206, { ...right, etag: 'W/"1a-5f"' }), 'right'],
    ['a certificate that is not known', answer(206, right, null), 'right'],
    ['a certificate that ends soon', answer(206, right, NOW + 13 * DAY), 'expires_soon'],
    ['another size', answer(206, { ...right, 'content-range': 'bytes 0-0/999' }), 'wrong_size'],
    ['an empty file', answer(200, { 'content-length': '0' }), 'wrong_size'],
    ['another content', answer(206, { ...right, etag: `"sha256-${'A'.repeat(43)}"` }), 'wrong_content'],
    ['a redirect', answer(302, { location: 'https://elsewhere.example.com' }), 'redirected'],
    ['a question for a password', answer(401, {}), 'unauthorized'],
    ['a refusal', answer(403, {}), 'unauthorized'],
    ['nothing', answer(404, {}), 'not_found'],
    ['a fault of the server', answer(503, {}), 'refused'],
    ['a name that nothing knows', fault('ENOTFOUND'), 'dns'],
    ['a resolver that is away', fault('EAI_AGAIN'), 'dns'],
    ['a closed port', fault('ECONNREFUSED'), 'unreachable'],
    ['an address of this machine', fault('ODS_ADDRESS_FORBIDDEN'), 'unreachable'],
    ['silence', fault(''), 'unreachable'],
    ['a certificate that signs itself', fault('DEPTH_ZERO_SELF_SIGNED_CERT'), 'tls'],
    ['a certificate for another name', fault('ERR_TLS_CERT_ALTNAME_INVALID'), 'tls'],
    ['an ended certificate', fault('CERT_HAS_EXPIRED'), 'tls'],
    ['an authority that is not known', fault('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'tls'],
  ])('%s', (_what, given, state) => expect(judgeAnswer(given, expected, NOW).state).toBe(state));
});
