import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { JobHandler } from './job-handler.js';
import type { JobLane, JobType } from './job-type.js';
import { Jobs } from './jobs.js';

/** The handlers of this process, by the name of their job type. A doubled one stops the start. */
@Injectable()
export class JobHandlers implements OnApplicationBootstrap {
  private readonly byType = new Map<string, JobHandler<unknown>>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly jobs: Jobs,
  ) {}

  onApplicationBootstrap(): void {
    for (const { instance } of this.discovery.getProviders() as { instance: unknown }[]) {
      if (instance instanceof JobHandler) this.register(instance as JobHandler<unknown>);
    }
  }

  register(handler: JobHandler<unknown>): void {
    const { name } = handler.type;
    const known = this.byType.get(name);
    if (known === handler) return;
    if (known) throw new Error(`Two handlers claim the job type ${name}.`);
    this.byType.set(name, handler);
  }

  find(type: string): JobHandler<unknown> | undefined {
    return this.byType.get(type);
  }

  /** Names of the types that this process can run in a lane. */
  typesIn(lane: JobLane): string[] {
    return [...this.byType.values()].filter(({ type }) => type.lane === lane).map(({ type }) => type.name);
  }

  get types(): JobType<unknown>[] {
    return [...this.byType.values()].map(({ type }) => type);
  }

  /** Every periodic job has its one row, whichever process was first. */
  async registerPeriodic(): Promise<void> {
    for (const { type } of this.byType.values()) {
      if (type.everyMs !== undefined) await this.jobs.add(type, {}, { key: 'periodic' });
    }
  }
}
