import { SignInOverloaded } from './accounts.errors.js';
import { PasswordHashing } from './password-hashing.js';

/** Work that ends on request. */
class Work {
  static running = 0;
  static most = 0;
  end!: (error?: Error) => void;
  private begin!: () => void;
  readonly begun = new Promise<void>((resolve) => (this.begin = resolve));

  readonly run = (): Promise<string> => {
    Work.running += 1;
    Work.most = Math.max(Work.most, Work.running);
    return new Promise((resolve, reject) => {
      this.begin();
      this.end = (error) => {
        Work.running -= 1;
        if (error) reject(error);
        else resolve('done');
      };
    });
  };
}

describe('PasswordHashing', () => {
  it('runs two at a time, lets eight wait, and turns the next one away', async () => {
    const hashing = new PasswordHashing();
    const works = Array.from({ length: 10 }, () => new Work());
    const results = works.map((work) => hashing.inTurn(work.run));
    await expect(hashing.inTurn(new Work().run)).rejects.toThrow(SignInOverloaded);
    for (const [index, work] of works.entries()) {
      await work.begun;
      work.end();
      await expect(results[index]).resolves.toBe('done');
    }
    expect(Work.most).toBe(2);
  });

  it('gives the turn on when work fails', async () => {
    const hashing = new PasswordHashing();
    for (let round = 0; round < 3; round += 1) {
      const failing = new Work();
      const result = hashing.inTurn(failing.run);
      await failing.begun;
      failing.end(new Error('no memory'));
      await expect(result).rejects.toThrow('no memory');
    }
    const works = [new Work(), new Work()];
    const results = works.map((work) => hashing.inTurn(work.run));
    await Promise.all(works.map(({ begun }) => begun));
    works.forEach((work) => work.end());
    await expect(Promise.all(results)).resolves.toEqual(['done', 'done']);
  });
});
