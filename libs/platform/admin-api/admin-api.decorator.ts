import { applyDecorators, Controller, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { AdminApiGuard } from './authenticator.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { KnownNamesGuard } from './known-names.guard.js';

/**
 * A controller of the admin API at `/api/admin/PATH`: signed-in callers only, each operation with its least
 * role (`@Roles`). `@Public()` opens an operation to everybody.
 */
export function AdminApi(path = ''): ClassDecorator {
  const [tag] = path.split('/');
  return applyDecorators(
    Controller(path === '' ? 'api/admin' : `api/admin/${path}`),
    UseGuards(AdminApiGuard, KnownNamesGuard),
    UseInterceptors(IdempotencyInterceptor),
    ApiBearerAuth('bearer'),
    ...(tag ? [ApiTags(tag)] : []),
  );
}
