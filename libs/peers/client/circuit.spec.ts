import fc from 'fast-check';
import { Circuit } from './circuit.js';

describe('a circuit', () => {
  it('opens for a server that fails slowly, longer each time, and closes with the first word of it', () => {
    const circuit = new Circuit();
    expect(circuit.waitMs(0)).toBe(0);
    circuit.failed(0, 15_000);
    expect([circuit.waitMs(15_000), circuit.waitMs(17_000)]).toEqual([2_000, 0]);
    circuit.failed(17_000, 32_000);
    expect(circuit.waitMs(32_000)).toBe(4_000);
    circuit.heard(33_000);
    expect([circuit.isOpen, circuit.waitMs(33_000)]).toEqual([false, 0]);
  });

  it('lets one call at a time try when it has rested', () => {
    const circuit = new Circuit();
    circuit.failed(0, 15_000);
    circuit.began();
    expect(circuit.waitMs(20_000)).toBeGreaterThan(0);
    circuit.ended();
    expect(circuit.waitMs(20_000)).toBe(0);
  });

  it('stays closed when a call fails at once, or while the server says anything', () => {
    const circuit = new Circuit();
    circuit.failed(0, 10);
    circuit.heard(5_000);
    circuit.failed(0, 15_000);
    expect(circuit.isOpen).toBe(false);
  });

  it('never rests for more than a minute', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1_000, max: 60_000 }), { minLength: 1, maxLength: 60 }), (durations) => {
        const circuit = new Circuit();
        let now = 0;
        for (const duration of durations) {
          circuit.failed(now, now + duration);
          now += duration;
          expect(circuit.waitMs(now)).toBeLessThanOrEqual(60_000);
          expect(circuit.waitMs(now + 60_000)).toBe(0);
        }
      }),
    );
  });
});
