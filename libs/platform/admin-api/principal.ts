import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Stage } from '#libs/replication/stage.js';
import type { Role } from '#libs/entities/user.entity.js';

/** Who calls the admin API: a person who signed in, or a program with a token. */
export interface Principal {
  readonly kind: 'user' | 'token';
  readonly id: number;
  /** The account: of a token, the one that it belongs to. */
  readonly accountId: number;
  readonly username: string;
  readonly role: Role;
  /** The sign-in behind the call; null for tokens. */
  readonly sessionId: string | null;
  readonly mustChangePassword: boolean;
  /** A person who signed in at the OpenID provider. */
  readonly external: boolean;
  /** What the caller may change is limited to packages of these stages; null: all. */
  readonly stages: readonly Stage[] | null;
}

/** The caller, in a controller of the admin API. */
export const CurrentUser = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Principal => context.switchToHttp().getRequest<{ user: Principal }>().user,
);
