import type { AuditEvent } from '#libs/entities/audit-event.entity.js';
import { exportHead, exportLine } from './audit-export.js';

const event = (change: Partial<AuditEvent>): AuditEvent => ({
  id: 7,
  atMs: 1_700_000_000_000,
  actorKind: 'user',
  actor: 'anna',
  action: 'package.deleted',
  subject: 'a.pkg',
  details: { stage: 'Prod' },
  address: '192.0.2.1',
  requestId: 'r1',
  ...change,
});

describe('the export of the audit trail', () => {
  it('has a line of CSV for an event', () => {
    expect(exportHead('csv')).toBe('\uFEFFid,at,actor_kind,actor,action,subject,details,address,request_id\r\n');
    expect(exportLine('csv', event({}))).toBe(
      '"7","2023-11-14T22:13:20.000Z","user","anna","package.deleted","a.pkg","{""stage"":""Prod""}","192.0.2.1","r1"\r\n',
    );
  });

  it.each(['=cmd|calc', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1'])('makes %j text for a spreadsheet', (subject) => {
    expect(exportLine('csv', event({ subject }))).toContain(`,"'${subject}",`);
  });

  it('keeps quotes, commas and line ends inside of their cell', () => {
    expect(exportLine('csv', event({ subject: 'a",\n"b', details: null }))).toContain(',"a"",\n""b","",');
  });

  it('has a line of JSON for an event', () => {
    expect(exportHead('jsonl')).toBe('');
    const line = exportLine('jsonl', event({ subject: 'a\nb' }));
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line)).toMatchObject({ id: 7, at: '2023-11-14T22:13:20.000Z', subject: 'a\nb', details: { stage: 'Prod' } });
  });
});
