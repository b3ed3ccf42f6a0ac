import Bull from 'bull';
import { randomBytes } from 'node:crypto';
import { describeRedis, parseRedisUrl } from '#libs/platform/config/redis-url.js';
import { BullJobQueue, type LaneQueue } from '#libs/platform/jobs/bull-job-queue.js';
import { EmbeddedJobQueue } from '#libs/platform/jobs/embedded-job-queue.js';
import type { JobQueue } from '#libs/platform/jobs/job-queue.js';
import { redisConnection } from '#libs/platform/jobs/redis-options.js';
import { isLeftOut, type Service, startRedis } from '../support/services.js';

/** Makes queues of one kind; those of one world hear each other's offers where the kind can do that. */
export interface QueueWorld {
  /** Resolves when offers travel. */
  create(): Promise<JobQueue>;
  readonly redis: Service | null;
  close(): Promise<void>;
}

const embeddedWorld = async (): Promise<QueueWorld> => ({
  create: async () => new EmbeddedJobQueue(),
  redis: null,
  close: () => Promise.resolve(),
});

async function bullWorld(): Promise<QueueWorld> {
  const redis = await startRedis();
  const iss = randomBytes(4).toString('hex');
  const create = async () => {
    const connection = redisConnection(redis.url, iss);
    const lane = (name: string) => new Bull(name, connection.options) as LaneQueue;
    const lanes = { quick: lane('ods-quick'), transfer: lane('ods-transfer'), peer: lane('ods-peer'), listen: lane('ods-listen') };
    const queue = new BullJobQueue(lanes, { name: describeRedis(parseRedisUrl(redis.url)), connections: connection.own });
    if ((await queue.fault()) === null) return queue;
    await queue.close();
    throw new Error('Redis is not there.');
  };
  return { create, redis, close: () => redis.dispose() };
}

export const queueKinds = { embedded: embeddedWorld, bull: bullWorld } as const;
export type QueueKind = keyof typeof queueKinds;

/** Runs one suite on both adapters. Bull is left out where there is no Redis (ODS_TEST_WITHOUT). */
export function forEachQueue(suite: (kind: QueueKind, open: () => Promise<QueueWorld>) => void): void {
  for (const kind of Object.keys(queueKinds) as QueueKind[]) {
    const describeKind = kind === 'bull' && isLeftOut('redis') ? describe.skip : describe;
    describeKind(`${kind} queue`, () => suite(kind, queueKinds[kind]));
  }
}
