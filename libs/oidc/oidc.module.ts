import { Module } from '@nestjs/common';
import { RefreshCookie } from '#libs/accounts/refresh-cookie.js';
import { AuditModule } from '#libs/audit/audit.module.js';
import { SeenTokenRepository } from '#libs/peers/auth/seen-token.repository.js';
import { OidcFetch } from './provider/oidc-fetch.js';
import { OpenidProvider } from './provider/openid-provider.js';
import { OidcSettingsController } from './settings/oidc-settings.controller.js';
import { OidcSettingsRepository } from './settings/oidc-settings.repository.js';
import { OidcSettingsService } from './settings/oidc-settings.service.js';
import { AttemptCookie } from './sign-in/attempt-cookie.js';
import { BeginLimits } from './sign-in/begin-limits.js';
import { ExternalAccounts } from './sign-in/external-accounts.js';
import { OidcSignInController } from './sign-in/oidc-sign-in.controller.js';
import { OidcSignInService } from './sign-in/oidc-sign-in.service.js';

/** Sign-in with the accounts of an OpenID provider: routes, for apps/api. Nothing of it runs in a worker. */
@Module({
  imports: [AuditModule],
  controllers: [OidcSignInController, OidcSettingsController],
  providers: [
    AttemptCookie,
    BeginLimits,
    ExternalAccounts,
    OidcFetch,
    OidcSettingsRepository,
    OidcSettingsService,
    OidcSignInService,
    OpenidProvider,
    RefreshCookie,
    SeenTokenRepository,
  ],
})
export class OidcHttpModule {}
