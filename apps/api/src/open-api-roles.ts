import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { MINIMUM_ROLE, usualRole } from '#libs/platform/admin-api/roles.decorator.js';
import type { Role } from '#libs/entities/user.entity.js';

interface Operation {
  readonly operationId?: string;
  readonly security?: unknown[];
  description?: string;
  'x-least-role'?: Role;
}

type Handler = (...args: never[]) => unknown;

/** Where @nestjs/swagger keeps what @ApiOperation was given. */
const API_OPERATION = 'swagger/apiOperation';

/** What `@Roles` says, by operation: that of the method goes before that of its class. */
function saidRoles(app: NestFastifyApplication): Map<string, Role> {
  const found = new Map<string, Role>();
  for (const { controllers } of app.get(ModulesContainer).values()) {
    for (const { metatype } of controllers.values()) {
      if (!metatype) continue;
      for (const { value } of Object.values(Object.getOwnPropertyDescriptors(metatype.prototype as object))) {
        if (typeof value !== 'function') continue;
        const handler = value as Handler;
        const operation = Reflect.getMetadata(API_OPERATION, handler) as { operationId?: string } | undefined;
        const role = (Reflect.getMetadata(MINIMUM_ROLE, handler) ?? Reflect.getMetadata(MINIMUM_ROLE, metatype)) as Role | undefined;
        if (operation?.operationId !== undefined && role !== undefined) found.set(operation.operationId, role);
      }
    }
  }
  return found;
}

/** Says of every operation for people who are signed in which role it needs. */
export function addLeastRoles(app: NestFastifyApplication, document: OpenAPIObject): void {
  const said = saidRoles(app);
  for (const path of Object.values(document.paths)) {
    for (const [method, operation] of Object.entries(path as Record<string, Operation>)) {
      if (operation.security?.length === 0) continue;
      const role = said.get(operation.operationId ?? '') ?? usualRole(method.toUpperCase());
      operation['x-least-role'] = role;
      operation.description = [operation.description, `Needs the role \`${role}\`.`].filter(Boolean).join(' ');
    }
  }
}
