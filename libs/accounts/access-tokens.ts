import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { hkdfSync } from 'node:crypto';
import { Config } from '#libs/platform/config/config.js';
import type { Session } from '#libs/entities/session.entity.js';

/** What an access token says: whose it is and which sign-in it belongs to. Rights are read from the database. */
export interface AccessClaims {
  readonly sub: string;
  readonly sid: string;
}

export const ACCESS_ALGORITHM = 'HS256';
export const ACCESS_AUDIENCE = 'ods-admin';

/** A key of its own for each use of SECRET_KEY, so that a value signed for one use is worth nothing in another. */
export const derivedKey = (secretKey: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secretKey, '', `ods ${purpose}`, 32));

export const accessKey = (config: Config): Buffer => derivedKey(config.get('secretKey'), 'access token');

/** Makes access tokens (JWT, HS256) of sign-ins. */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly jwt: JwtService,
    private readonly config: Config,
  ) {}

  get lifetimeSeconds(): number {
    return this.config.get('ACCESS_TOKEN_SECONDS');
  }

  issue({ id, userId }: Pick<Session, 'id' | 'userId'>): Promise<string> {
    return this.jwt.signAsync(
      { sid: id },
      {
        secret: accessKey(this.config),
        algorithm: ACCESS_ALGORITHM,
        audience: ACCESS_AUDIENCE,
        subject: String(userId),
        expiresIn: this.lifetimeSeconds,
      },
    );
  }
}
