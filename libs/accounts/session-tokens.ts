import { createHmac, hkdfSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { Session } from '#libs/entities/session.entity.js';
import { Config } from '#libs/platform/config/config.js';
import { newSecret, sha256Hex } from '#libs/platform/crypto/digest.js';

/** What an access token says: whose it is and which sign-in it belongs to. Rights are read from the database. */
export interface AccessClaims {
  readonly sub: string;
  readonly sid: string;
}

export const ACCESS_ALGORITHM = 'HS256';
export const ACCESS_AUDIENCE = 'ods-admin';

const MS_DAY = 86_400_000;
const REFRESH_FORM = /^([0-9a-f]{32})\.[A-Za-z0-9_-]{43}$/;

/** A key of its own for each use of SECRET_KEY, so that a value made for one use is worth nothing in another. */
export const derivedKey = (config: Config, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', config.get('secretKey'), '', `ods ${purpose}`, 32));

export const accessKey = (config: Config): Buffer => derivedKey(config, 'access token');

/**
 * Makes the two tokens of a sign-in: a short-lived access token (JWT), and a refresh token `SESSION.SECRET`.
 * The first secret is random. Each further one is derived from the one before under SECRET_KEY: nobody else
 * can tell it, and a client whose answer got lost, or whose two tabs refreshed at once, is given the same
 * successor again.
 */
@Injectable()
export class SessionTokens {
  private readonly accessKey: Buffer;
  private readonly refreshKey: Buffer;

  constructor(
    private readonly jwt: JwtService,
    private readonly config: Config,
  ) {
    this.accessKey = accessKey(config);
    this.refreshKey = derivedKey(config, 'refresh token');
  }

  get accessSeconds(): number {
    return this.config.get('ACCESS_TOKEN_SECONDS');
  }

  /** How long a sign-in lasts without being used. */
  get sessionMs(): number {
    return this.config.get('SESSION_DAYS') * MS_DAY;
  }

  access({ id, userId }: Pick<Session, 'id' | 'userId'>): Promise<string> {
    return this.jwt.signAsync(
      { sid: id },
      {
        secret: this.accessKey,
        algorithm: ACCESS_ALGORITHM,
        audience: ACCESS_AUDIENCE,
        subject: String(userId),
        expiresIn: this.accessSeconds,
      },
    );
  }

  firstRefresh(sessionId: string): string {
    return `${sessionId}.${newSecret()}`;
  }

  nextRefresh(token: string): string {
    const [sessionId] = token.split('.');
    return `${sessionId}.${createHmac('sha256', this.refreshKey).update(token).digest('base64url')}`;
  }

  /** The sign-in that a refresh token names; null for a text that is no such token. */
  sessionOf(token: string | undefined): string | null {
    return REFRESH_FORM.exec(token ?? '')?.[1] ?? null;
  }

  /** What the database keeps of a refresh token: with it alone nobody can refresh. */
  hash(token: string): string {
    return sha256Hex(token);
  }
}
