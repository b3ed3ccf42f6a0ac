import { withLocalTimes } from './format';

describe('a sentence of the server', () => {
  it('has its times in the zone of whoever reads it', () => {
    const local = new Date('2026-11-23T13:21:44Z').toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
    expect(withLocalTimes('Oslo has been silent since 2026-11-23T13:21:44 UTC.')).toBe(`Oslo has been silent since ${local}.`);
  });

  it('stays as it is without', () => expect(withLocalTimes('Oslo has it.')).toBe('Oslo has it.'));
});
