import { Injectable } from '@nestjs/common';

/** The time, injected so that tests can set it. */
@Injectable()
export class Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number {
    return Date.now();
  }
}
