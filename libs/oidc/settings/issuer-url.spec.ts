import { consoleUrlOf, issuerOf } from './issuer-url.js';

describe('the address of an OpenID provider', () => {
  it.each([
    ['https://login.example.com', 'https://login.example.com'],
    [' https://login.example.com/realms/staff ', 'https://login.example.com/realms/staff'],
    ['https://example.auth0.com/', 'https://example.auth0.com/'],
    ['http://127.0.0.1:9000', 'http://127.0.0.1:9000'],
    ['http://localhost:9000/realms/x', 'http://localhost:9000/realms/x'],
    ['http://login.example.com', null],
    ['https://user:pass@login.example.com', null],
    ['https://login.example.com/?a', null],
    ['https://login.example.com/#a', null],
    ['ftp://login.example.com', null],
    ['login.example.com', null],
    ['', null],
  ])('%j is %j', (text, issuer) => expect(issuerOf(text)).toBe(issuer));
});

describe('the address of the console', () => {
  it.each([
    ['https://ods.example.com/', 'https://ods.example.com'],
    ['https://ods.example.com/ods/', 'https://ods.example.com/ods'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://ods.example.com', null],
    ['javascript:alert(1)', null],
  ])('%j is %j', (text, url) => expect(consoleUrlOf(text)).toBe(url));
});
