import { Module } from '@nestjs/common';
import { AuditModule } from '#libs/audit/audit.module.js';
import { JamfClients } from './client/jamf-clients.js';
import { HttpJamfTransport, JamfTransport } from './client/jamf-transport.js';
import { JamfConnectionController } from './connection/jamf-connection.controller.js';
import { JamfConnectionRepository } from './connection/jamf-connection.repository.js';
import { JamfConnectionService } from './connection/jamf-connection.service.js';

/** The connection to one Jamf Pro server. */
@Module({
  imports: [AuditModule],
  providers: [{ provide: JamfTransport, useClass: HttpJamfTransport }, JamfClients, JamfConnectionRepository, JamfConnectionService],
  exports: [AuditModule, JamfClients, JamfConnectionService],
})
export class JamfModule {}

/** Routes, for apps/api. */
@Module({ imports: [JamfModule], controllers: [JamfConnectionController] })
export class JamfHttpModule {}
