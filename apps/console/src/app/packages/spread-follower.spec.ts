import { spreadWords } from './spread-follower';

const at = (name: string, state: 'held' | 'on_its_way' | 'missing' | 'not_wanted', percent: number | null) => ({
  ...{ iss: name, name, relation: 'peer' as const, state, percent, sentence: '', last_heard_ts: null, reported_ts: null },
});

describe('how far an uploaded package is', () => {
  it('names the servers on which it is not yet, with what each has of it', () => {
    const servers = [
      at('Zürich', 'held', null),
      at('Geneva', 'on_its_way', 84.9),
      at('Basel', 'missing', null),
      at('Lab', 'not_wanted', null),
    ];
    const words = spreadWords({ status: 'partial', sentence: 'It is on 1 of 3 servers.', servers });
    expect(words).toBe('It is on 1 of 3 servers. On the way: Geneva 84 %, Basel.');
  });

  it('is the sentence of the server when nothing is on the way', () => {
    expect(spreadWords({ status: 'nowhere', sentence: 'No server serves it.', servers: [at('Lab', 'not_wanted', null)] })).toBe(
      'No server serves it.',
    );
  });
});
