import { type INestApplicationContext, Logger } from '@nestjs/common';
import { JobQueue } from './job-queue.js';

/** Redis answers, and refuses: waiting mends nothing. */
const isRefusal = (fault: string): boolean => /\b(?:WRONGPASS|NOAUTH|NOPERM|invalid password|without any password)\b/.test(fault);

/** A start continues without a Redis that is away: jobs are found in the database. Closes the app and throws when Redis refuses the password. */
export async function warnOfRedis(app: INestApplicationContext, advice = ''): Promise<void> {
  const fault = await app.get(JobQueue).fault();
  if (fault === null) return;
  if (isRefusal(fault)) {
    await app.close();
    throw new Error(`${fault} Check REDIS_URL. ${advice}`.trim());
  }
  new Logger('ODS').warn(`${fault} Until it does, jobs wait in the database and are done later. ${advice}`.trim());
}
