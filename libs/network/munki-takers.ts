import { Injectable } from '@nestjs/common';
import { readSummary, SummaryMalformed } from '#libs/replication/server-summary.js';
import { ServerStateRepository } from './server-state.repository.js';

/** Which servers take files of the Munki repository: those of the version before refuse each of them. */
@Injectable()
export class MunkiTakers {
  constructor(private readonly states: ServerStateRepository) {}

  /** By its last report. A server that has not reported yet is taken to be of this version. */
  async takes(iss: string): Promise<boolean> {
    const state = await this.states.find(iss);
    try {
      return state === null || readSummary(state.body).munkiDigest !== null;
    } catch (error) {
      if (error instanceof SummaryMalformed) return false;
      throw error;
    }
  }
}
