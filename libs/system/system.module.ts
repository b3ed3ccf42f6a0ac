import { Module } from '@nestjs/common';
import { AccountsModule } from '#libs/accounts/accounts.module.js';
import { SystemController } from './system.controller.js';
import { SystemProbe } from './system-probe.js';
import { SystemService } from './system.service.js';

/** Routes, for apps/api: the machine that this server runs on. */
@Module({
  imports: [AccountsModule],
  controllers: [SystemController],
  providers: [SystemProbe, SystemService],
})
export class SystemHttpModule {}
