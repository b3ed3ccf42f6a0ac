import { Module } from '@nestjs/common';
import { AuditModule } from '#libs/audit/audit.module.js';
import { NetworkModule } from '#libs/network/network.module.js';
import { PackagesModule } from '#libs/packages/packages.module.js';
import { CheckAsClientHandler } from './checks/check-as-client.handler.js';
import { CheckTargets } from './checks/check-targets.js';
import { ClientChecker } from './checks/client-checker.js';
import { ClientDownload } from './checks/client-download.js';
import { JamfCheckRepository } from './checks/jamf-check.repository.js';
import { JamfChecksController } from './checks/jamf-checks.controller.js';
import { JamfChecksService } from './checks/jamf-checks.service.js';
import { JamfClients } from './client/jamf-clients.js';
import { HttpJamfTransport, JamfTransport } from './client/jamf-transport.js';
import { JamfConnectionController } from './connection/jamf-connection.controller.js';
import { JamfConnectionRepository } from './connection/jamf-connection.repository.js';
import { JamfConnectionService } from './connection/jamf-connection.service.js';
import { ComputeDigestsHandler } from './digests/compute-digests.handler.js';
import { JamfNetworksController } from './networks/jamf-networks.controller.js';
import { JamfNetworksService } from './networks/jamf-networks.service.js';
import { JamfLeadership } from './leader/jamf-leadership.js';
import { LookForLeaderHandler } from './leader/look-for-leader.handler.js';
import { ComparePointsHandler } from './points/compare-points.handler.js';
import { JamfPointRepository } from './points/jamf-point.repository.js';
import { JamfPointsController } from './points/jamf-points.controller.js';
import { JamfPointsService } from './points/jamf-points.service.js';
import { PointReconciler } from './points/point-reconciler.js';
import { CompareWithJamfHandler } from './records/compare-with-jamf.handler.js';
import { JamfComparison } from './records/jamf-comparison.js';
import { JamfReconciler } from './records/jamf-reconciler.js';
import { JamfRecordRepository } from './records/jamf-record.repository.js';
import { JamfRecordsController } from './records/jamf-records.controller.js';
import { JamfRecordsService } from './records/jamf-records.service.js';
import { MappedPackages } from './records/mapped-packages.js';
import { JamfPackageConsumer } from './records/package-consumer.js';
import { RecordWriter } from './records/record-writer.js';
import { JamfRuleRepository } from './rules/jamf-rule.repository.js';
import { JamfRulesController } from './rules/jamf-rules.controller.js';
import { JamfRulesService } from './rules/jamf-rules.service.js';
import { JamfSettingsController } from './settings/jamf-settings.controller.js';
import { JamfSettingsService } from './settings/jamf-settings.service.js';

/** Packages and their records in one Jamf Pro server. */
@Module({
  imports: [AuditModule, NetworkModule, PackagesModule],
  providers: [
    { provide: JamfTransport, useClass: HttpJamfTransport },
    CheckTargets,
    JamfCheckRepository,
    JamfChecksService,
    JamfClients,
    JamfConnectionRepository,
    JamfConnectionService,
    JamfLeadership,
    JamfNetworksService,
    JamfPointRepository,
    JamfPointsService,
    JamfRecordRepository,
    JamfRecordsService,
    JamfRuleRepository,
    JamfRulesService,
    JamfSettingsService,
    MappedPackages,
  ],
  exports: [
    AuditModule,
    NetworkModule,
    PackagesModule,
    CheckTargets,
    JamfCheckRepository,
    JamfChecksService,
    JamfClients,
    JamfConnectionRepository,
    JamfConnectionService,
    JamfLeadership,
    JamfNetworksService,
    JamfPointRepository,
    JamfPointsService,
    JamfRecordRepository,
    JamfRecordsService,
    JamfRulesService,
    JamfSettingsService,
    MappedPackages,
  ],
})
export class JamfModule {}

/** Routes, for apps/api. */
@Module({
  imports: [JamfModule],
  controllers: [
    ...[
      JamfChecksController,
      JamfConnectionController,
      JamfNetworksController,
      JamfPointsController,
      JamfRecordsController,
      JamfRulesController,
    ],
    JamfSettingsController,
  ],
})
export class JamfHttpModule {}

/** Job handlers, and what makes comparisons of events. */
@Module({
  imports: [JamfModule],
  providers: [
    ...[ComparePointsHandler, CompareWithJamfHandler, ComputeDigestsHandler, JamfComparison, JamfPackageConsumer, JamfReconciler],
    ...[CheckAsClientHandler, ClientChecker, ClientDownload, LookForLeaderHandler, PointReconciler, RecordWriter],
  ],
})
export class JamfJobsModule {}
