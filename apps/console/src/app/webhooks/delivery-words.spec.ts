import { outcomeOf, readable, troubleOf } from './delivery-words';

describe('a delivery in words', () => {
  it('says what became of it', () => {
    const of = (state: 'pending' | 'delivered' | 'failed', attempts: number) => outcomeOf({ state, attempts })[1];
    expect([of('pending', 0), of('pending', 2), of('delivered', 1), of('failed', 9)]).toEqual([
      'On its way',
      'Tried again',
      'Delivered',
      'Not delivered',
    ]);
  });

  it.each([
    ['connect ECONNREFUSED 10.0.0.1:443', 'Nothing listens'],
    ['getaddrinfo ENOTFOUND hooks.example', 'host name'],
    ['No answer within 20 seconds.', 'in time'],
    ['unable to verify the first certificate', 'certificate'],
    [
      '127.0.0.1 is an address of this machine, or a link-local or metadata address; nothing is sent there (OUTBOUND_ALLOW_LOCAL).',
      'this machine itself',
    ],
    ['Answered 302.', 'final address'],
    ['Answered 404.', 'complete'],
    ['Answered 503.', 'fault of its own'],
  ])('says of "%s" what to do', (last_error, words) => {
    expect(troubleOf({ last_error })).toContain(words);
  });

  it('repeats what it does not know, and says nothing when all is well', () => {
    expect([troubleOf({ last_error: 'Something else.' }), troubleOf({ last_error: null })]).toEqual(['Something else.', null]);
  });

  it('lays out JSON, and leaves the rest alone', () => {
    expect([readable('{"a":1}'), readable('<html>')]).toEqual(['{\n  "a": 1\n}', '<html>']);
  });
});
