import { Injectable } from '@nestjs/common';

/** Tells long calls (long polls, streams) that this process is going: they answer what they have and end. */
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
