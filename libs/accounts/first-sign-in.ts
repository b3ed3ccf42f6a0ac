import { Injectable, Logger } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import type { User } from '#libs/entities/user.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { derivedKey } from '#libs/platform/crypto/derived-key.js';
import { secretsEqual } from '#libs/platform/crypto/digest.js';
import type { Client } from './client.js';
import { DEFAULT_PASSWORD } from './password-rules.js';

/** After the first start of a server whoever sets it up may do so from another machine. */
export const SET_UP_MS = 15 * 60_000;
const LOG_EVERY_MS = 60_000;
/** Without what is taken for one another. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const CODE_LENGTH = 12;

export interface FirstSignInAttempt {
  readonly password: string;
  readonly code: string | undefined;
  readonly client: Client;
}

/**
 * The password that everybody knows opens an account only on this machine itself, in the first minutes after the first start, or together
 * with a code that the log shows: otherwise the first stranger who finds a new server would own it.
 */
@Injectable()
export class FirstSignIn {
  private readonly logger = new Logger(FirstSignIn.name);
  private readonly key: Buffer;
  private loggedMs = -Infinity;

  constructor(
    config: Config,
    private readonly clock: Clock,
  ) {
    this.key = derivedKey(config, 'first sign-in');
  }

  /** Whether the right password of this user is enough. Shows the code in the log when it is not. */
  admits(user: User, { password, code, client }: FirstSignInAttempt): boolean {
    if (password !== DEFAULT_PASSWORD || client.isLocal) return true;
    const age = this.clock.now() - user.createdMs;
    if (age >= 0 && age < SET_UP_MS) return true;
    if (code !== undefined && secretsEqual(normalized(code), this.codeOf(user))) return true;
    this.show(user, `The first password was used from ${client.address}, which is not this machine.`);
    return false;
  }

  /** Writes the code of this user to the log, at most once a minute. */
  show(user: User, reason: string): void {
    const now = performance.now();
    if (now - this.loggedMs < LOG_EVERY_MS) return;
    this.loggedMs = now;
    const code = this.codeOf(user).replace(/(.{4})(?=.)/g, '$1-');
    this.logger.warn(
      `${reason} To sign in from another machine as ${user.username} the first time, use the code ${code} with the password.`,
    );
  }

  /** Good until the next sign-in of the user, the same in every process: nothing of it is kept. */
  private codeOf({ id, passwordHash, lastLoginMs }: User): string {
    const digest = createHmac('sha256', this.key).update(`${id} ${passwordHash} ${lastLoginMs}`).digest();
    return Array.from(digest.subarray(0, CODE_LENGTH), (byte) => LETTERS[byte % LETTERS.length]).join('');
  }
}

const normalized = (code: string): string => code.toUpperCase().replace(/[^A-Z0-9]/g, '');
