import { Injectable } from '@nestjs/common';

/** Signals long calls (long polls, streams) that this process is stopping: they answer what they have and end. */
@Injectable()
export class Shutdown {
  private readonly controller = new AbortController();

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  begin(): void {
    this.controller.abort();
  }
}
