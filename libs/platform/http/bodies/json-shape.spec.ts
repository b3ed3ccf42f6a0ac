import { JsonRefused } from './body-errors.js';
import { DEFAULT_BODY_LIMITS } from './body-limits.js';
import { parseJson } from './parse-json.js';

const limits = { ...DEFAULT_BODY_LIMITS, maxKeys: 5, maxItems: 6, maxDepth: 3, maxTextBytes: 10 };
const parse = (text: string | Buffer): unknown => parseJson(Buffer.from(text), limits);

describe('a JSON body', () => {
  it.each([
    '{"a":1,"b":[1,2,{"c":null}],"d":"0123456789"}',
    ' { "a" : "\\"\\\\" , "b" : -1.5e3 } ',
    '{"a":{"a":1},"b":[]}',
    '[{"a":1},{"a":2}]',
    '"text"',
    '9007199254740991',
    '{"ключ":"слово"}',
  ])('within the limits is what JSON.parse makes of it: %s', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['{"a":1,"a":2}', /"a" is there twice/],
    ['{"a":1,"\\u0061":2}', /"a" is there twice/],
    ['{"x":{"b":1,"b":2}}', /"b" is there twice/],
    ['{"__proto__":1}', /__proto__/],
    ['{"\\u005f_proto__":1}', /__proto__/],
    ['{"constructor":{"prototype":1}}', /constructor/],
    ['{"a":1,"b":2,"c":{"d":4,"e":5,"f":6}}', /more than 5 fields/],
    ['[1,2,3,4,5,6,7]', /more than 6 elements/],
    ['[[1],[2],[3],[4]]', /more than 6 elements/],
    ['[[[[]]]]', /more than 3 levels/],
    ['{"a":{"a":{"a":{}}}}', /more than 3 levels/],
    ['{"a":"01234567890"}', /longer than 10 bytes/],
    [`{"${'k'.repeat(300)}":1}`, /name of a field is longer/],
    ['1e999', /too large/],
    ['[-1E400]', /too large/],
    ['9007199254740993', /kept exactly/],
    [`[0.${'1'.repeat(40)}]`, /more than 32 characters/],
    ['', /empty/],
    ['{"a":1', /not valid JSON/],
    ['{"a" 1}', /not valid JSON/],
    ['{"a":1}}', /not valid JSON/],
    ['\u{feff}{}', /not valid JSON/],
    ['{"\\x":1}', /not valid JSON/],
    ['"abc', /not valid JSON/],
    ['"abc\\', /not valid JSON/],
  ])('is refused with the reason: %s', (text, reason) => {
    expect(() => parse(text)).toThrow(JsonRefused);
    expect(() => parse(text)).toThrow(reason);
  });

  it.each(['9007199254740993', '[-1E400]'])('with the number %s is let through to a route that judges each element', (text) => {
    expect(parseJson(Buffer.from(text), { ...limits, numbers: 'each' })).toEqual(JSON.parse(text));
    expect(() => parseJson(Buffer.from(`[0.${'1'.repeat(40)}]`), { ...limits, numbers: 'each' })).toThrow(/more than 32 characters/);
  });

  it('that is no UTF-8 is refused', () => {
    expect(() => parse(Buffer.from([0x22, 0xff, 0x22]))).toThrow(/UTF-8/);
  });

  it('of a million levels, fields or elements is refused within a moment', () => {
    const hostile = ['['.repeat(2 ** 20), `{${'"a":{'.repeat(2 ** 18)}`, `[${'1,'.repeat(2 ** 20)}1]`];
    const begun = process.cpuUsage();
    for (const text of hostile) expect(() => parse(text)).toThrow(JsonRefused);
    const { user } = process.cpuUsage(begun); // microseconds of processor time: a busy machine counts for nothing
    expect(user).toBeLessThan(500_000);
  });
});
