import { HttpErrorResponse } from '@angular/common/http';
import { TestBed } from '@angular/core/testing';
import { Session } from '../session/session';
import { Confirm, type Question } from '../shared/confirm';
import { Notices, type Offers } from '../shared/notices';
import { PackageActions } from './package-actions';
import { type Consent, PackageStore } from './package-store';
import { StageTargets } from './stage-targets';

const row = (id: number, stage: 'Dev' | 'Test' | 'Prod' = 'Prod') => ({ id, filename: `${id}.pkg`, stage });
const servers = [
  { name: 'Lab', stage: 'Dev', relation: 'self' },
  { name: 'Pilot', stage: 'Test', relation: 'peer' },
  { name: 'Field', stage: 'Prod', relation: 'peer' },
];
const massDelete = new HttpErrorResponse({
  status: 409,
  error: { type: 'urn:ods:problem:mass-delete-unconfirmed', detail: 'This would be package number 5. If it is meant, send confirm=true.' },
});

const signerChanged = new HttpErrorResponse({
  status: 409,
  error: {
    type: 'urn:ods:problem:signer-unconfirmed',
    detail: 'The signer changed. Nothing was changed. If it is meant, an administrator sends confirm_signer=true.',
  },
});

describe('PackageActions', () => {
  const calls: string[] = [];
  const questions: Question[] = [];
  const said: { text: string; offers?: Offers }[] = [];
  let answers: boolean[] = [];
  let isAdmin = true;
  let refuse: (id: number, consent: Consent) => unknown = () => null;

  const note =
    (name: string) =>
    (id: number | string, ...rest: (string | Consent | undefined)[]) => {
      const consent = rest.find((part) => typeof part === 'object') ?? {};
      const error = typeof id === 'number' ? refuse(id, consent) : null;
      if (error) return Promise.reject(error as Error);
      const words = rest.filter((part) => typeof part === 'string');
      calls.push([name, id, ...words, ...Object.keys(consent)].join(' '));
      return Promise.resolve();
    };

  const actions = (): PackageActions => {
    TestBed.configureTestingModule({
      providers: [
        {
          provide: PackageStore,
          useValue: {
            setStage: note('stage'),
            remove: note('remove'),
            restore: note('restore'),
            reload: () => Promise.resolve(),
            retentionDays: () => Promise.resolve(14),
          },
        },
        { provide: Session, useValue: { isAdmin: () => isAdmin } },
        { provide: StageTargets, useValue: { servers: () => Promise.resolve(servers) } },
        {
          provide: Confirm,
          useValue: { ask: (question: Question) => (questions.push(question), Promise.resolve(answers.shift() ?? true)) },
        },
        {
          provide: Notices,
          useValue: {
            done: (text: string, offers?: Offers) => said.push({ text, offers }),
            failed: () => said.push({ text: 'failed' }),
          },
        },
      ],
    });
    return TestBed.inject(PackageActions);
  };

  beforeEach(() => {
    for (const list of [calls, questions, said]) list.length = 0;
    answers = [];
    isAdmin = true;
    refuse = () => null;
  });

  it('promotes without a question, and can take it back', async () => {
    await actions().setStage([row(1, 'Dev'), row(2, 'Test'), row(3, 'Prod')], 'Prod');
    expect([calls, questions.length, said[0]!.text]).toEqual([
      ['stage 1 Prod', 'stage 2 Prod'],
      0,
      '2 packages: now Prod, on every server.',
    ]);
    await said[0]!.offers!.undo!();
    expect(calls.slice(2)).toEqual(['stage 1 Dev', 'stage 2 Test']);
  });

  it('asks before a demotion', async () => {
    answers = [false];
    await actions().setStage([row(1)], 'Dev');
    expect([calls, questions.length]).toEqual([[], 1]);
    expect(questions[0]!.text).toBe('These servers stop serving it: Pilot, Field. It stays on Lab (this server).');
  });

  it('brings back what was deleted', async () => {
    await actions().remove([row(1), row(2)]);
    expect(questions[0]).toMatchObject({ names: ['1.pkg', '2.pkg'], isDestructive: true });
    expect(questions[0]!.text).toContain('They can be restored for 14 days');
    await said[0]!.offers!.undo!();
    expect(calls).toEqual(['remove 1', 'remove 2', 'restore 1.pkg', 'restore 2.pkg']);
  });

  it('asks once more before a mass delete, and then continues', async () => {
    refuse = (id, { confirm }) => (id >= 2 && confirm === undefined ? massDelete : null);
    await actions().remove([row(1), row(2), row(3)]);
    expect(calls).toEqual(['remove 1', 'remove 2 confirm', 'remove 3 confirm']);
    expect(questions[1]!.text).toBe('This would be package number 5.');
    expect(questions[1]!.curl).toContain('/api/admin/packages/3.pkg?confirm=true');
  });

  it('asks an administrator about each package with another signer', async () => {
    refuse = (id, { confirm_signer: isAgreed }) => (id >= 2 && isAgreed === undefined ? signerChanged : null);
    answers = [true, false];
    await actions().setStage([row(1, 'Test'), row(2, 'Test'), row(3, 'Test')], 'Prod');
    expect(calls).toEqual(['stage 1 Prod', 'stage 2 Prod confirm_signer']);
    expect(questions.map(({ text }) => text)).toEqual([
      'The signer changed. Nothing was changed.',
      'The signer changed. Nothing was changed.',
    ]);
    expect(said.map(({ text }) => text)).toEqual(['failed', '2 packages: now Prod, on every server.']);
  });

  it('does not offer others to agree', async () => {
    isAdmin = false;
    refuse = () => signerChanged;
    await actions().setStage([row(1, 'Test')], 'Prod');
    expect([calls, questions.length, said.map(({ text }) => text)]).toEqual([[], 0, ['failed']]);
  });

  it('stops where it is refused, and says what was done', async () => {
    refuse = (id) => (id === 2 ? new Error('no') : null);
    await actions().remove([row(1), row(2), row(3)]);
    expect([calls, said.map(({ text }) => text)]).toEqual([['remove 1'], ['failed', '1.pkg: deleted.']]);
  });
});
