import { CookieJar } from './cookie-jar.js';

describe('a cookie jar', () => {
  it('gives back what it was given', () => {
    const jar = new CookieJar();
    expect(jar.header).toBeUndefined();
    jar.take(['jpro-ingress=n1; Path=/; HttpOnly', 'JSESSIONID=abc']);
    jar.take('jpro-ingress=n0');
    expect(jar.header).toBe('jpro-ingress=n0; JSESSIONID=abc');
  });

  it.each(['a=; Max-Age=0', 'a=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT'])('forgets what %s ends', (line) => {
    const jar = new CookieJar();
    jar.take('a=1');
    jar.take(line);
    expect(jar.header).toBeUndefined();
  });

  it.each([undefined, 7, 'no value', 'a=b c', 'a=b\r\nX: y', '=x', `a=${'x'.repeat(5_000)}`])('takes nothing from %j', (line) => {
    const jar = new CookieJar();
    jar.take(line);
    expect(jar.header).toBeUndefined();
  });

  it('keeps no more than twenty', () => {
    const jar = new CookieJar();
    jar.take(Array.from({ length: 50 }, (_, index) => `c${index}=1`));
    expect(jar.header!.split('; ')).toHaveLength(20);
  });
});
