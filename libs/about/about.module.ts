import { Module } from '@nestjs/common';
import { AuditModule } from '#libs/audit/audit.module.js';
import { AboutController } from './about.controller.js';
import { AboutService } from './about.service.js';
import { OwnRun } from './own-run.js';
import { ServerIdentity } from './server-identity.js';
import { ServerRepository } from './server.repository.js';

/** Who this server is. */
@Module({
  imports: [AuditModule],
  providers: [OwnRun, ServerRepository, ServerIdentity, AboutService],
  exports: [OwnRun, ServerIdentity, AboutService],
})
export class AboutModule {}

/** Routes, for apps/api. */
@Module({ imports: [AboutModule], controllers: [AboutController] })
export class AboutHttpModule {}
