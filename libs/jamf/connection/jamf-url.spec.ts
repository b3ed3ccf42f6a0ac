import { jamfOrigin } from './jamf-url.js';

describe('jamfOrigin', () => {
  it.each([
    ['https://Example.jamfcloud.com', 'https://example.jamfcloud.com'],
    [' https://jamf.example.com:8443/ ', 'https://jamf.example.com:8443'],
    ['http://127.0.0.1:9000', 'http://127.0.0.1:9000'],
    ['http://jamf.example.com', null],
    ['https://user:pass@jamf.example.com', null],
    ['https://jamf.example.com/path', null],
    ['https://jamf.example.com/?a', null],
    ['https://jamf.example.com/#a', null],
    ['ftp://jamf.example.com', null],
    ['jamf.example.com', null],
    ['', null],
  ])('%j is %j', (text, origin) => expect(jamfOrigin(text)).toBe(origin));
});
