import { SetMetadata } from '@nestjs/common';
import { type Role, roles } from '#libs/entities/user.entity.js';

export const MINIMUM_ROLE = 'ods:minimum-role';

/** The least role that may do this. Without it `usualRole` counts. */
export const Roles = (minimum: Role): ClassDecorator & MethodDecorator => SetMetadata(MINIMUM_ROLE, minimum);

/** `viewer` reads, `admin` does everything else. */
export const usualRole = (method: string): Role => (method === 'GET' || method === 'HEAD' ? 'viewer' : 'admin');

/** True when `role` may do what needs `minimum`. */
export const mayActAs = (role: Role, minimum: Role): boolean => roles.indexOf(role) >= roles.indexOf(minimum);
