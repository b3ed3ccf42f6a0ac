import { Global, Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { AccessTokens } from './access-tokens.js';
import { AdminStrategy } from './admin.strategy.js';
import { SessionRepository } from './session.repository.js';

/** Who may use the admin API. Global, because the guard stands before the controllers of every feature. */
@Global()
@Module({
  imports: [JwtModule.register({})],
  providers: [SessionRepository, AccessTokens, AdminStrategy],
  exports: [AdminStrategy],
})
export class AccountsModule {}

/** Routes, for apps/api. */
@Module({ imports: [AccountsModule] })
export class AccountsHttpModule {}
