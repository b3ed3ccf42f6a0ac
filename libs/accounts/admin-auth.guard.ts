import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import type { Role } from '#libs/entities/user.entity.js';
import { IS_PUBLIC } from '#libs/platform/http/public.decorator.js';
import { actAs } from '#libs/platform/logging/request-context.js';
import { PasswordChangeRequired, RoleTooLow, SignInRequired } from './accounts.errors.js';
import { ApiTokensService, looksLikeApiToken } from './api-tokens.service.js';
import { AdminStrategy } from './admin.strategy.js';
import { BEFORE_PASSWORD_CHANGE } from '#libs/platform/admin-api/before-password-change.decorator.js';
import type { Authenticator } from '#libs/platform/admin-api/authenticator.js';
import type { Principal } from '#libs/platform/admin-api/principal.js';
import { mayActAs, MINIMUM_ROLE, usualRole } from '#libs/platform/admin-api/roles.decorator.js';

/** Lets a call of the admin API through when its caller is signed in and has the role that the operation needs. */
@Injectable()
export class AdminAuthGuard extends AuthGuard() implements Authenticator {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: ApiTokensService,
    strategy: AdminStrategy,
  ) {
    super({ defaultStrategy: strategy.registeredAs });
  }

  async authenticate(context: ExecutionContext): Promise<boolean> {
    if (this.marked<boolean>(IS_PUBLIC, context)) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest & { user: Principal }>();
    const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (looksLikeApiToken(bearer)) request.user = await this.tokens.principalOf(bearer);
    else await this.canActivate(context);
    const { kind, username, role, mustChangePassword, stages } = request.user;
    actAs({ kind, name: username, role, stages });
    if (mustChangePassword && !this.marked<boolean>(BEFORE_PASSWORD_CHANGE, context)) throw new PasswordChangeRequired();
    const minimum = this.marked<Role>(MINIMUM_ROLE, context) ?? usualRole(request.method);
    if (!mayActAs(role, minimum)) throw new RoleTooLow(minimum);
    return true;
  }

  override handleRequest<User = Principal>(error: unknown, user: User | false, info: unknown): User {
    if (error) throw error;
    if (user) return user;
    const isExpired = info instanceof Error && info.name === 'TokenExpiredError';
    throw isExpired ? new SignInRequired('The access token has expired. Refresh it, or sign in again.') : new SignInRequired();
  }

  private marked<T>(key: string, context: ExecutionContext): T | undefined {
    return this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
  }
}
