import type { Type } from '@nestjs/common';

/** Every feature's job handlers (`XJobsModule`): run by the worker, or by the web application when the queue is embedded. */
export const jobModules: Type[] = [];
