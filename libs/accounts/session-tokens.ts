import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { Session } from '#libs/entities/session.entity.js';
import { Config } from '#libs/platform/config/config.js';
import { derivedKey } from '#libs/platform/crypto/derived-key.js';
import { secretsEqual, sha256Hex } from '#libs/platform/crypto/digest.js';

/** What an access token says: whose it is and which sign-in it belongs to. Rights are read from the database. */
export interface AccessClaims {
  readonly sub: string;
  readonly sid: string;
}

export const ACCESS_ALGORITHM = 'HS256';
export const ACCESS_AUDIENCE = 'ods-admin';

const MS_DAY = 86_400_000;
const BODY_BYTES = 16;
const REFRESH_FORM = /^([0-9a-f]{32})\.[A-Za-z0-9_-]{43}$/;

/** As an object: making one of bytes for each token costs thirty times what verifying the token does. */
export const accessKey = (config: Config): KeyObject => createSecretKey(derivedKey(config, 'access token'));

/**
 * Makes the two tokens of a sign-in: a short-lived access token (JWT), and a refresh token `SESSION.SECRET`.
 * The first secret is random. Each further one is derived from the one before under SECRET_KEY: only this
 * server can, and a client whose answer got lost, or whose two tabs refreshed at once, gets the same successor
 * again. Half of each secret proves that it was made here.
 */
@Injectable()
export class SessionTokens {
  private readonly accessKey: KeyObject;
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

  /** When a sign-in that is used now ends, in epoch milliseconds. */
  expiryOf(createdMs: number, nowMs: number): number {
    return Math.min(nowMs + this.sessionMs, createdMs + this.config.get('SESSION_MAX_DAYS') * MS_DAY);
  }

  access({ id, userId }: Pick<Session, 'id' | 'userId'>): Promise<string> {
    return this.jwt.signAsync(
      { sid: id },
      {
        privateKey: this.accessKey,
        algorithm: ACCESS_ALGORITHM,
        audience: ACCESS_AUDIENCE,
        subject: String(userId),
        expiresIn: this.accessSeconds,
      },
    );
  }

  firstRefresh(sessionId: string): string {
    return this.refreshToken(sessionId, randomBytes(BODY_BYTES));
  }

  nextRefresh(token: string): string {
    const [sessionId = ''] = token.split('.');
    return this.refreshToken(sessionId, createHmac('sha256', this.refreshKey).update(token).digest().subarray(0, BODY_BYTES));
  }

  /** Whether this server has ever made that token: an old one is in two hands, an invented one says nothing. */
  wasIssued(token: string): boolean {
    const [sessionId = '', secret = ''] = token.split('.');
    const body = Buffer.from(secret, 'base64url').subarray(0, BODY_BYTES);
    return secretsEqual(token, this.refreshToken(sessionId, body));
  }

  /** The second half of the secret proves the first. */
  private refreshToken(sessionId: string, body: Buffer): string {
    const proof = createHmac('sha256', this.refreshKey).update(`proof ${sessionId} `).update(body).digest().subarray(0, BODY_BYTES);
    return `${sessionId}.${Buffer.concat([body, proof]).toString('base64url')}`;
  }

  /** The sign-in that a refresh token names; null for a text that is no such token. */
  sessionOf(token: string | undefined): string | null {
    return REFRESH_FORM.exec(token ?? '')?.[1] ?? null;
  }

  /** What the database keeps of a refresh token: it does not suffice to refresh a session. */
  hash(token: string): string {
    return sha256Hex(token);
  }
}
