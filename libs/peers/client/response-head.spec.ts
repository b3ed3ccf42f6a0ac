import fc from 'fast-check';
import { HEAD_LIMIT, isPlainRange, parseResponseHead } from './response-head.js';

const head = (...lines: string[]): Buffer => Buffer.from([...lines, '', ''].join('\r\n'), 'latin1');
const parsed = (...lines: string[]) => parseResponseHead(head(...lines));

describe('the head of an answer', () => {
  it('has a status and fields, whatever their case', () => {
    expect(parsed('HTTP/1.1 206 Partial Content', 'Content-Length: 5', 'ODS-Protocol:1', 'X-Empty:')).toEqual({
      status: 206,
      headers: Object.assign(Object.create(null) as object, { 'content-length': '5', 'ods-protocol': '1', 'x-empty': '' }),
      length: 77,
    });
    expect(parsed('HTTP/1.1 204')?.status).toBe(204);
  });

  it('is waited for until it is whole, wherever it is cut, and says where the body begins', () => {
    const whole = Buffer.concat([head('HTTP/1.1 206 OK', 'Content-Length: 3'), Buffer.from('abc')]);
    const end = whole.length - 3;
    for (let cut = 0; cut < end; cut += 1) expect(parseResponseHead(whole.subarray(0, cut))).toBeUndefined();
    expect(parseResponseHead(whole)?.length).toBe(end);
  });

  it.each([
    ['a field twice', ['HTTP/1.1 206 OK', 'Content-Length: 5', 'content-length: 6']],
    ['a folded field', ['HTTP/1.1 206 OK', 'X-A: b', ' c']],
    ['a space before the colon', ['HTTP/1.1 206 OK', 'Content-Length : 5']],
    ['a bare line feed', ['HTTP/1.1 206 OK', 'X-A: b\nContent-Length: 5']],
    ['another protocol', ['SSH-2.0-OpenSSH_9.9']],
    ['HTTP/1.0, which keeps no connection', ['HTTP/1.0 206 OK']],
    ['HTTP/2', ['HTTP/2 206']],
    ['a status that is none', ['HTTP/1.1 2060 OK']],
  ])('is not relied on with %s', (_what, lines) => {
    expect(parsed(...lines)).toBeNull();
  });

  it('is not waited for without end', () => {
    expect(parseResponseHead(Buffer.alloc(HEAD_LIMIT - 1, 'a'))).toBeUndefined();
    expect(parseResponseHead(Buffer.alloc(HEAD_LIMIT, 'a'))).toBeNull();
  });

  it('does not throw, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isEnded) => {
        parseResponseHead(Buffer.concat([bytes, Buffer.from(isEnded ? '\r\n\r\n' : '')]));
      }),
    );
  });
});

describe('a plain range', () => {
  const plain = ['HTTP/1.1 206 OK', 'Content-Length: 5'];
  it.each([
    [true, plain],
    [true, [...plain, 'Content-Encoding: identity']],
    [false, ['HTTP/1.1 200 OK', 'Content-Length: 5']],
    [false, ['HTTP/1.1 206 OK', 'Content-Length: 05']],
    [false, ['HTTP/1.1 206 OK', 'Content-Length: 6']],
    [false, ['HTTP/1.1 206 OK']],
    [false, [...plain, 'Transfer-Encoding: chunked']],
    [false, [...plain, 'Content-Encoding: gzip']],
  ])('%s: %j', (isPlain, lines) => {
    expect(isPlainRange(parsed(...lines)!, 5)).toBe(isPlain);
  });
});
