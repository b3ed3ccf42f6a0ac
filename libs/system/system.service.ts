import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '#libs/platform/clock.js';
import { type DiskReading, type MemoryReading, type NetworkReading, SystemProbe } from './system-probe.js';

/** What the machine looks like now; null where it could not be read. */
export interface SystemSnapshot {
  readonly cpuCount: number;
  readonly uptimeSeconds: number;
  readonly disk: DiskReading | null;
  readonly memory: MemoryReading | null;
  readonly network: NetworkReading | null;
}

/** A snapshot is shown for this long: many consoles may ask at once. */
export const SNAPSHOT_MS = 1_000;
/** A source that takes longer (a hanging network file system) is left out of the answer. */
export const SOURCE_TIMEOUT_MS = 2_000;

/** Reads the state of the machine, at most once a second, and answers even when a part of it does not. */
@Injectable()
export class SystemService {
  private readonly logger = new Logger(SystemService.name);
  private readonly failing = new Set<string>();
  private latest: { takenMs: number; snapshot: Promise<SystemSnapshot> } | undefined;

  constructor(
    private readonly probe: SystemProbe,
    private readonly clock: Clock,
  ) {}

  snapshot(): Promise<SystemSnapshot> {
    const now = this.clock.now();
    if (this.latest === undefined || Math.abs(now - this.latest.takenMs) >= SNAPSHOT_MS) {
      this.latest = { takenMs: now, snapshot: this.take() };
    }
    return this.latest.snapshot;
  }

  private async take(): Promise<SystemSnapshot> {
    const [disk, memory, network] = await Promise.all([
      this.attempt('disk', () => this.probe.disk()),
      this.attempt('memory', () => this.probe.memory()),
      this.attempt('network', () => this.probe.network()),
    ]);
    return {
      cpuCount: this.probe.cpuCount(),
      uptimeSeconds: this.probe.uptime(),
      disk,
      memory,
      network,
    };
  }

  /** Says once that a source fails, and once that it works again: this is asked every few seconds. */
  private async attempt<T>(source: string, read: () => Promise<T>): Promise<T | null> {
    try {
      const value = await withinTime(read());
      if (this.failing.delete(source)) this.logger.log(`The ${source} figures can be read again.`);
      return value;
    } catch (error) {
      if (!this.failing.has(source)) this.logger.warn(`The ${source} figures cannot be read: ${String(error)}`);
      this.failing.add(source);
      return null;
    }
  }
}

async function withinTime<T>(reading: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${SOURCE_TIMEOUT_MS} ms`)), SOURCE_TIMEOUT_MS);
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
}
