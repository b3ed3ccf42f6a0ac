import type { Type } from '@nestjs/common';

/** Every feature's HTTP door (`XHttpModule`). */
export const httpModules: Type[] = [];
