import { TestBed } from '@angular/core/testing';
import { StageTargets, type Target } from './stage-targets';
import { UploadTarget } from './upload-target';

const servers: Target[] = [
  { name: 'Berlin', stage: 'Prod', relation: 'self' },
  { name: 'Lab', stage: 'Test', relation: 'peer' },
];

describe('what an upload is for', () => {
  it('is said before it is sent: the servers that will serve it, or that there is none', async () => {
    TestBed.configureTestingModule({ providers: [{ provide: StageTargets, useValue: { servers: () => Promise.resolve(servers) } }] });
    const target = TestBed.inject(UploadTarget);
    expect(target.sentence()).toBeNull();
    await target.load();
    expect(target.sentence()).toBe('Served by Berlin (this server), Lab.');
    target.stage.set('Test');
    expect(target.sentence()).toBe('Not served by this server, only by Lab.');
    target.stage.set('Dev');
    expect([target.isServedNowhere(), target.sentence()]).toEqual([
      true,
      expect.stringContaining('No server serves packages of the stage Dev'),
    ]);
  });
});
