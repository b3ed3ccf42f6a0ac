import { SetMetadata } from '@nestjs/common';
import type { JsonLimits } from './json-shape.js';

/** What one call may send, and how long it may take to do so. */
export interface BodyLimits extends JsonLimits {
  readonly maxBytes: number;
  /** From the first byte of the request to the last one. */
  readonly maxSeconds: number;
  /** Without a byte. */
  readonly maxIdleSeconds: number;
}

const KIB = 2 ** 10;

/** Holds for every route that does not say otherwise: enough for any form of the console. */
export const DEFAULT_BODY_LIMITS: BodyLimits = {
  maxBytes: 16 * KIB,
  maxKeys: 64,
  maxItems: 256,
  maxDepth: 8,
  maxTextBytes: 8 * KIB,
  maxSeconds: 30,
  maxIdleSeconds: 10,
};

export const BODY_LIMITS = 'ods:body-limits';

/** The limits of this route where they are not the default ones. The table in docs/security.md is generated from them. */
export const LimitBody = (limits: Partial<BodyLimits>): MethodDecorator => SetMetadata(BODY_LIMITS, { ...DEFAULT_BODY_LIMITS, ...limits });

/**
 * `json` is read and parsed; `bytes` is read as it is; `any` too, whatever type it is said to be; `stream` the route reads itself, as it arrives, within limits of its own
 * (MAX_UPLOAD_BYTES, UPLOAD_IDLE_SECONDS).
 */
export type BodyKind = 'json' | 'bytes' | 'any' | 'stream';

export const BODY_KIND = 'ods:body-kind';

/** What this route takes, when it is not JSON. A body of another kind is refused before it is read. */
export const TakesBody = (kind: BodyKind): MethodDecorator => SetMetadata(BODY_KIND, kind);
