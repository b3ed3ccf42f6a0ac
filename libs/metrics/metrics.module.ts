import { Module } from '@nestjs/common';
import { Readiness } from '#libs/platform/http/readiness.js';
import { StorageModule } from '#libs/platform/storage/storage.module.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsRepository } from './metrics.repository.js';
import { MetricsService } from './metrics.service.js';

/** Routes, for apps/api: figures for Prometheus. */
@Module({
  imports: [StorageModule],
  controllers: [MetricsController],
  providers: [MetricsRepository, MetricsService, Readiness],
})
export class MetricsHttpModule {}
