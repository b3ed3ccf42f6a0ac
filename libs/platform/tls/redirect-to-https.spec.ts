import { challengeOf, httpsAddress } from './redirect-to-https.js';

describe('where a request to http:// is sent', () => {
  it.each<[string | undefined, string, number, string | null]>([
    ['ods.example.com', '/share/a.pkg?x=1', 443, 'https://ods.example.com/share/a.pkg?x=1'],
    ['ods.example.com:80', '/', 8443, 'https://ods.example.com:8443/'],
    ['[2001:db8::1]:80', '/a', 443, 'https://[2001:db8::1]/a'],
    ['10.1.2.3', 'http://elsewhere.example.com/a', 443, 'https://10.1.2.3/'],
    ['ods.example.com', '//elsewhere.example.com/a', 443, 'https://ods.example.com//elsewhere.example.com/a'],
    [undefined, '/', 443, null],
    ['', '/', 443, null],
    ['a b', '/', 443, null],
    ['user@elsewhere.example.com', '/', 443, null],
    ['elsewhere.example.com/', '/', 443, null],
    ['a\r\nx: y', '/', 443, null],
  ])('for host %j and %j', (host, url, port, expected) => expect(httpsAddress({ url, headers: { host } }, port)).toBe(expected));
});

describe('a challenge of ACME', () => {
  it.each<[string, string | null]>([
    ['/.well-known/acme-challenge/evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr_oA', 'evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr_oA'],
    ['/.well-known/acme-challenge/', null],
    ['/.well-known/acme-challenge/../../x', null],
    ['/.well-known/acme-challenge/..%2f..%2fx', null],
    ['/.well-known/acme-challenge/a.b', null],
    ['/.well-known/acme-challenge/a?b', null],
    [`/.well-known/acme-challenge/${'a'.repeat(129)}`, null],
    ['/a/.well-known/acme-challenge/a', null],
  ])('in %s', (url, name) => expect(challengeOf(url)).toBe(name));
});
