import { Injectable } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import { createSecretKey } from 'node:crypto';
import { Clock } from '#libs/platform/clock.js';
import { ParsedKeys, privateKeys, publicKeys } from '#libs/platform/crypto/es256.js';
import { newHexId, secretsEqual, sha256Hex } from '#libs/platform/crypto/digest.js';
import { PeerClockSkewed, PeerTokenRefused } from '../peers.errors.js';

/** A token lives this long, in seconds (MESH §8). */
export const TOKEN_SECONDS = 60;
/** Clock difference that passes, in seconds. */
const TOLERANCE_SECONDS = 60;

export interface PeerClaims {
  readonly iss: string;
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  /** Method and path of the one call that the token is for. */
  readonly htm?: unknown;
  readonly pth?: unknown;
  /** Hex SHA-256 of the query, without its question mark, when there is one. */
  readonly qsh?: unknown;
  /** Hex SHA-256 of the body, when there is one. */
  readonly bsh?: unknown;
  readonly [claim: string]: unknown;
}

export interface TokenSubject {
  readonly iss: string;
  readonly aud: string;
}

export interface PeerCall {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Without its question mark. */
  readonly query: string;
  /** Servers of the version before do not sign the query. */
  readonly mustSignQuery: boolean;
}

export type TokenKey = { readonly algorithm: 'ES256' | 'HS256'; readonly key: string };

const secretKeys = new ParsedKeys((key) => createSecretKey(key, 'utf8'));

export const isIss = (text: string): boolean => /^[0-9a-f]{32}$/.test(text);

/** JSON Web Tokens (RFC 7519) between servers: ES256 with a peer's own key, HS256 with a registration key. */
@Injectable()
export class PeerTokens {
  constructor(private readonly clock: Clock) {}

  sign({ iss, aud }: TokenSubject, { algorithm, key }: TokenKey, claims: Record<string, unknown> = {}): string {
    const iat = Math.floor(this.clock.now() / 1_000);
    const payload = { ...claims, iss, aud, iat, exp: iat + TOKEN_SECONDS, jti: claims['jti'] ?? newHexId() };
    return jwt.sign(payload, (algorithm === 'HS256' ? secretKeys : privateKeys).of(key), { algorithm });
  }

  /** Who says that they made the token, unchecked: only to find out whose key to check it with. Null without a usable issuer. */
  issuerOf(token: string): string | null {
    try {
      const claims: unknown = jwt.decode(token);
      const iss = typeof claims === 'object' ? (claims as { iss?: unknown } | null)?.iss : undefined;
      return typeof iss === 'string' && isIss(iss) ? iss : null;
    } catch {
      return null; // its payload is not JSON
    }
  }

  /** Whether this key made the signature; nothing else is checked. */
  isSignedWith(token: string, { algorithm, key }: TokenKey): boolean {
    try {
      jwt.verify(token, (algorithm === 'HS256' ? secretKeys : publicKeys).of(key), {
        algorithms: [algorithm],
        ignoreExpiration: true,
        ignoreNotBefore: true,
      });
      return true;
    } catch {
      return false; // another key's, or no token at all
    }
  }

  /** Checks signature (with the one algorithm that fits the key), audience and time. Throws PeerTokenRefused or PeerClockSkewed. */
  verify(token: string, { algorithm, key }: TokenKey, audience: string): PeerClaims {
    let claims: PeerClaims;
    try {
      const parsed = (algorithm === 'HS256' ? secretKeys : publicKeys).of(key);
      claims = jwt.verify(token, parsed, {
        algorithms: [algorithm],
        ignoreExpiration: true,
        ignoreNotBefore: true,
      }) as unknown as PeerClaims;
    } catch {
      throw new PeerTokenRefused('The signature of the token is wrong: the key does not belong to this server.');
    }
    const { iss, aud, iat, exp, jti } = claims;
    if (typeof aud !== 'string' || !secretsEqual(aud, audience))
      throw new PeerTokenRefused('The token was made for another server: the ISS ID is wrong.');
    if (typeof iss !== 'string' || !isIss(iss)) throw new PeerTokenRefused('The token does not name its issuer.');
    if (typeof jti !== 'string' || jti.length < 16 || jti.length > 128) throw new PeerTokenRefused('The token has no usable jti.');
    if (!Number.isSafeInteger(iat) || !Number.isSafeInteger(exp) || exp - iat > TOKEN_SECONDS)
      throw new PeerTokenRefused('The token is valid for too long or has no times.');
    this.checkTime(iat, exp);
    return claims;
  }

  /** Throws PeerTokenRefused unless the token was made for exactly this call: a copied token is good for nothing else. */
  checkHead({ htm, pth, qsh }: PeerClaims, call: PeerCall): void {
    if (htm !== call.method || pth !== call.path) throw new PeerTokenRefused('The token was made for another call.');
    const isQueryRight = qsh === undefined ? call.query === '' || !call.mustSignQuery : qsh === sha256Hex(call.query);
    if (!isQueryRight) throw new PeerTokenRefused('The token was made for another query.');
  }

  /** Throws PeerTokenRefused unless the token was made for exactly this body. */
  checkBody({ bsh }: PeerClaims, body: Buffer | undefined): void {
    const expected = body && body.length > 0 ? sha256Hex(body) : undefined;
    if (bsh !== expected) throw new PeerTokenRefused('The token was made for another body.');
  }

  private checkTime(iat: number, exp: number): void {
    const now = this.clock.now() / 1_000;
    if (iat > now + TOLERANCE_SECONDS || exp < now - TOLERANCE_SECONDS) throw new PeerClockSkewed(iat * 1_000, this.clock.now());
  }
}
