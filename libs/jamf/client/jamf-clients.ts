import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Clock } from '#libs/platform/clock.js';
import { JamfClient } from './jamf-client.js';
import type { JamfCredentials } from './jamf-tokens.js';
import { JamfTransport } from './jamf-transport.js';

/** Makes clients of Jamf Pro. */
@Injectable()
export class JamfClients {
  constructor(
    private readonly transport: JamfTransport,
    private readonly clock: Clock,
  ) {}

  /** One that says at once what is wrong: for a person who waits for the answer. */
  prompt(credentials: JamfCredentials, timeoutMs?: number): JamfClient {
    const limit = timeoutMs === undefined ? {} : { timeoutMs };
    return new JamfClient(credentials, { ...this.common, sleep: (ms) => sleep(ms), repeats: 0, ...limit });
  }

  /** One that repeats what may be repeated, until `signal` is aborted: for jobs. */
  patient(credentials: JamfCredentials, signal: AbortSignal): JamfClient {
    return new JamfClient(credentials, { ...this.common, sleep: (ms) => sleep(ms, undefined, { signal }) });
  }

  private get common() {
    return { transport: this.transport, now: () => this.clock.now() };
  }
}
