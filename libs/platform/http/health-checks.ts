import { Injectable } from '@nestjs/common';

/** What one part of the server says of itself. Further members are shown as they are. */
export interface HealthFinding {
  /** A word for programs. */
  readonly state: string;
  /** Why the server cannot serve, in a sentence. */
  readonly obstacle?: string | null;
  /** What waits or is refused although the server serves, in a sentence. */
  readonly burden?: string | null;
  readonly [member: string]: unknown;
}

export type HealthCheck = () => Promise<HealthFinding>;

/** Features add here what `/readyz` should say of them. */
@Injectable()
export class HealthChecks {
  private readonly checks = new Map<string, HealthCheck>();

  add(name: string, check: HealthCheck): void {
    this.checks.set(name, check);
  }

  get all(): ReadonlyMap<string, HealthCheck> {
    return this.checks;
  }
}
