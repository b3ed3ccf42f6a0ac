import { applyDecorators, Controller, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { WritesErrors } from '#libs/platform/errors/error-form.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { type BodyKind, LimitBody, TakesBody } from '#libs/platform/http/bodies/body-limits.js';
import type { PlistValue } from '#libs/platform/plist/plist-value.js';
import { writePlist } from '#libs/platform/plist/write-plist.js';
import { MOST_READ_BYTES } from '../catalogs/reading-limits.js';
import { mwa2Error } from './mwa2.errors.js';
import { Mwa2Guard } from './mwa2-guard.js';
import { MWA2_PATH } from './mwa2-target.js';
import { toMwa2Json } from './mwa2-values.js';

/** A controller of the API that tools of Munki know from MunkiWebAdmin2 (MWA2). It is not in the document of the admin API: it is not ours. */
export const Mwa2Api = (): ClassDecorator => applyDecorators(Controller(MWA2_PATH), UseGuards(Mwa2Guard), ApiExcludeController());

/** Viewers read. */
export const Mwa2Read = (): MethodDecorator => WritesErrors(mwa2Error);

/** As many values as a property list may have that is read here. */
export const MWA2_BODY = { maxBytes: MOST_READ_BYTES, maxKeys: 512, maxItems: 50_000, maxDepth: 24, maxTextBytes: MOST_READ_BYTES };

/** Publishers write. */
export const Mwa2Write = (kind: BodyKind): MethodDecorator =>
  applyDecorators(WritesErrors(mwa2Error), Roles('publisher'), TakesBody(kind), LimitBody(MWA2_BODY));

/** What is answered; no value: an empty body. */
export interface Mwa2Answer {
  readonly status: number;
  readonly value?: PlistValue;
}

export const wantsPlist = ({ headers }: { readonly headers: { readonly accept?: string | undefined } }): boolean =>
  headers.accept?.trim().toLowerCase().startsWith('application/xml') ?? false;

/** Sends a property list where XML is asked for, else JSON. */
export function sendAnswer({ status, value }: Mwa2Answer, request: Parameters<typeof wantsPlist>[0], reply: FastifyReply): void {
  void reply.status(status).header('Cache-Control', 'no-store');
  if (value === undefined) void reply.send();
  else if (wantsPlist(request)) void reply.type('application/xml').send(writePlist(value));
  else void reply.type('application/json').send(`${JSON.stringify(toMwa2Json(value))}\n`);
}
