import type { Type } from '@nestjs/common';
import { AccountsHttpModule } from '#libs/accounts/accounts.module.js';

/** Every feature's HTTP door (`XHttpModule`). */
export const httpModules: Type[] = [AccountsHttpModule];
