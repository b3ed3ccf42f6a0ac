import { Global, Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { AuditModule } from '#libs/audit/audit.module.js';
import { EventsModule } from '#libs/events/events.module.js';
import { AdminAuthGuard } from './admin-auth.guard.js';
import { AdminStrategy } from './admin.strategy.js';
import { ApiTokenRepository } from './api-token.repository.js';
import { ApiTokensService } from './api-tokens.service.js';
import { AuthController } from './auth.controller.js';
import { FirstAdministrator } from './first-administrator.js';
import { FirstSignIn } from './first-sign-in.js';
import { KnownAddressRepository } from './known-address.repository.js';
import { Authenticator } from '#libs/platform/admin-api/authenticator.js';
import { IdempotencyKeyRepository } from '#libs/platform/admin-api/idempotency-key.repository.js';
import { LoginAttemptRepository } from './login-attempt.repository.js';
import { PasswordCheck } from './password-check.js';
import { PasswordHashing } from './password-hashing.js';
import { PasswordService } from './password.service.js';
import { PurgeExpiredHandler } from './purge-expired.handler.js';
import { RefreshCookie } from './refresh-cookie.js';
import { IdempotencyStore } from '#libs/platform/admin-api/idempotency-store.js';
import { SessionRepository } from './session.repository.js';
import { SessionTokens } from './session-tokens.js';
import { Sessions } from './sessions.js';
import { SignInService } from './sign-in.service.js';
import { SignInThrottle } from './sign-in-throttle.js';
import { TokensController } from './tokens.controller.js';
import { UserRepository } from './user.repository.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

/** Who may use the admin API. Global, because the guard stands before the controllers of every feature. */
@Global()
@Module({
  imports: [AuditModule, EventsModule, JwtModule.register({})],
  providers: [
    AdminAuthGuard,
    { provide: Authenticator, useExisting: AdminAuthGuard },
    AdminStrategy,
    ApiTokenRepository,
    ApiTokensService,
    FirstSignIn,
    IdempotencyKeyRepository,
    KnownAddressRepository,
    LoginAttemptRepository,
    PasswordCheck,
    PasswordHashing,
    PasswordService,
    IdempotencyStore,
    SessionRepository,
    SessionTokens,
    Sessions,
    SignInService,
    SignInThrottle,
    UserRepository,
    UsersService,
  ],
  exports: [
    Authenticator,
    AdminStrategy,
    ApiTokenRepository,
    ApiTokensService,
    IdempotencyKeyRepository,
    KnownAddressRepository,
    LoginAttemptRepository,
    PasswordService,
    FirstSignIn,
    IdempotencyStore,
    SessionRepository,
    SessionTokens,
    Sessions,
    SignInService,
    UserRepository,
    UsersService,
  ],
})
export class AccountsModule {}

/** Routes, for apps/api; there, and not in a worker, the first administrator is made, from what the API was given. */
@Module({
  imports: [AccountsModule],
  controllers: [AuthController, UsersController, TokensController],
  providers: [FirstAdministrator, RefreshCookie],
})
export class AccountsHttpModule {}

/** Job handlers. */
@Module({ imports: [AccountsModule], providers: [PurgeExpiredHandler] })
export class AccountsJobsModule {}
