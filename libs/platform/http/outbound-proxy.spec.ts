import { isDirect } from './outbound-proxy.js';

describe('isDirect', () => {
  it.each([
    ['http://127.0.0.1:8080', ''],
    ['http://127.8.9.1', ''],
    ['http://[::1]:8080', ''],
    ['http://localhost:8080', ''],
    ['http://ods.localhost', ''],
    ['https://hq.example.org', 'example.org'],
    ['https://hq.example.org', '.example.org'],
    ['https://hq.example.org', '*.example.org'],
    ['https://example.org', '.example.org'],
    ['https://HQ.Example.org', 'hq.EXAMPLE.org'],
    ['https://hq.example.org', 'other.example, hq.example.org'],
    ['https://hq.example.org', 'other.example hq.example.org'],
    ['https://hq.example.org:8443', 'example.org:8443'],
    ['https://hq.example.org', 'example.org:443'],
    ['http://10.1.2.3', '10.0.0.0/8'],
    ['http://10.1.2.3', '10.1.2.3'],
    ['http://[2001:db8::5]:80', '2001:db8::/32'],
    ['http://[2001:db8::5]', '[2001:db8::5]'],
    ['http://[2001:db8::5]', '2001:db8::5'],
    ['https://anything.example', '*'],
  ])('calls %s directly with NO_PROXY=%s', (url, noProxy) => expect(isDirect(new URL(url), noProxy)).toBe(true));

  it.each([
    ['https://hq.example.org', ''],
    ['https://hq.example.org', 'ample.org'],
    ['https://notexample.org', 'example.org'],
    ['https://example.org.evil.example', 'example.org'],
    ['https://hq.example.org', 'example.org:8443'],
    ['http://11.1.2.3', '10.0.0.0/8'],
    ['http://10.1.2.34', '10.1.2.3'],
    ['http://10.1.2.3', '2.3'],
    ['http://10.1.2.3', '10.0.0.0/99'],
    ['http://hq.example.org', '10.0.0.0/8'],
    ['http://hq.example.org', ', ,'],
  ])('calls %s through the proxy with NO_PROXY=%s', (url, noProxy) => expect(isDirect(new URL(url), noProxy)).toBe(false));
});
