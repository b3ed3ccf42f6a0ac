import { type DynamicModule, Module } from '@nestjs/common';
import { Clock } from './clock.js';
import { Config } from './config/config.js';
import { SecretBox } from './crypto/secret-box.js';
import { Shutdown } from './http/shutdown.js';

/** What every feature may use and that knows no feature. */
@Module({})
export class PlatformModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      providers: [{ provide: Config, useValue: config }, Clock, SecretBox, Shutdown],
      exports: [Config, Clock, SecretBox, Shutdown],
    };
  }
}
