import { Injectable } from '@nestjs/common';
import { SignInOverloaded } from './accounts.errors.js';

/** Each takes 64 MiB and a thread of libuv's four, which files and DNS need too. */
const AT_A_TIME = 2;
/** Further ones wait: about a second and a half at most. */
const MOST_WAITING = 8;

/** Lets few passwords be hashed at a time, so that guessing exhausts neither memory nor processors. */
@Injectable()
export class PasswordHashing {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /** Runs `work`, which hashes one password, in its turn. Throws SignInOverloaded when too many wait already. */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    await this.turn();
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }

  private turn(): Promise<void> {
    if (this.running < AT_A_TIME) {
      this.running += 1;
      return Promise.resolve();
    }
    if (this.waiting.length >= MOST_WAITING) return Promise.reject(new SignInOverloaded());
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
