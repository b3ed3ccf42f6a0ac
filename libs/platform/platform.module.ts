import { type DynamicModule, Module } from '@nestjs/common';
import { Clock } from './clock.js';
import { Config } from './config/config.js';
import { SecretBox } from './crypto/secret-box.js';
import { OutboundProxy } from './http/outbound-proxy.js';
import { PublicPath } from './http/public-path.js';
import { HealthChecks } from './http/health-checks.js';
import { OutboundRules } from './http/outbound-rules.js';
import { Shutdown } from './http/shutdown.js';
import { CertificateWatch } from './tls/certificate-watch.js';

/** What every feature may use and that knows no feature. */
@Module({})
export class PlatformModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      providers: [
        { provide: Config, useValue: config },
        Clock,
        OutboundProxy,
        OutboundRules,
        PublicPath,
        SecretBox,
        HealthChecks,
        Shutdown,
        CertificateWatch,
      ],
      exports: [Config, Clock, OutboundProxy, OutboundRules, PublicPath, SecretBox, HealthChecks, Shutdown, CertificateWatch],
    };
  }
}
