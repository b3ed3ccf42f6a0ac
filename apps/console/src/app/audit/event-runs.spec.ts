import type { AuditEventDto } from '#libs/api-client';
import { runsOf } from './event-runs';

const event = (id: number, action: string, subject: string): AuditEventDto => ({ id, action, subject, actor: 'Oslo' }) as AuditEventDto;

describe('events that say the same', () => {
  it('are one line, at the time of the newest', () => {
    const held = [event(9, 'deletes.held', 'Oslo'), event(8, 'deletes.held', 'Oslo')];
    expect(runsOf([...held, event(7, 'package.uploaded', 'a.pkg')])).toEqual([
      { event: held[0], times: 2 },
      { event: event(7, 'package.uploaded', 'a.pkg'), times: 1 },
    ]);
  });

  it('stay apart when something came between, or when they changed something', () => {
    const [first, between, last] = [
      event(3, 'deletes.held', 'Oslo'),
      event(2, 'package.deleted', 'a.pkg'),
      event(1, 'deletes.held', 'Oslo'),
    ];
    expect(runsOf([first, between, last])).toHaveLength(3);
    expect(runsOf([event(2, 'server.updated', 'Oslo'), event(1, 'server.updated', 'Oslo')])).toHaveLength(2);
  });
});
