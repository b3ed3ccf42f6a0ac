import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { IdempotencyKey } from '#libs/entities/idempotency-key.entity.js';
import { Clock } from '../clock.js';
import { Config } from '../config/config.js';
import { derivedKey } from '../crypto/derived-key.js';
import { newHexId } from '../crypto/digest.js';
import { SecretBox } from '../crypto/secret-box.js';
import { Database } from '../database/database.js';
import { IdempotencyKeyInUse, IdempotencyKeyReused } from './idempotency.errors.js';
import { IdempotencyKeyRepository } from './idempotency-key.repository.js';

/** One request, as far as a repetition of it has to be the same. */
export interface IdempotentRequest {
  /** Whose: keys of different callers do not meet. */
  readonly caller: string;
  readonly key: string;
  readonly method: string;
  readonly url: string;
  readonly body: Buffer;
}

export interface StoredResponse {
  readonly status: number;
  readonly body: unknown;
}

export const ANSWER_PURPOSE = 'answer to a request';
const KEPT_MS = 24 * 3_600_000;
/** A request that was not over by then died with its process. */
const RUNNING_MS = 5 * 60_000;

/** Does what a request asks for once, however often it is sent with its key: for a day it is given the same answer. */
@Injectable()
export class IdempotencyStore {
  private readonly secret: Buffer;

  constructor(
    private readonly db: Database,
    private readonly keys: IdempotencyKeyRepository,
    private readonly box: SecretBox,
    private readonly clock: Clock,
    config: Config,
  ) {
    this.secret = derivedKey(config, 'idempotency');
  }

  /** The answer that was given before, or a claim: `keep` or `release` it. Throws IdempotencyKeyInUse and IdempotencyKeyReused. */
  async begin(request: IdempotentRequest): Promise<{ answer: StoredResponse } | { claim: IdempotencyKey }> {
    const now = this.clock.now();
    const wanted: IdempotencyKey = {
      id: this.hash(request.caller, request.key),
      fingerprint: this.hash(request.method, request.url, request.body),
      claim: newHexId(),
      status: null,
      answer: null,
      expiresMs: now + RUNNING_MS,
    };
    for (;;) {
      const row = await this.keys.claim(wanted);
      if (row === null) continue; // it expired meanwhile
      if (row.claim === wanted.claim) return { claim: row };
      if (row.expiresMs <= now) {
        await this.keys.delete(row);
        continue;
      }
      if (row.fingerprint !== wanted.fingerprint) throw new IdempotencyKeyReused();
      if (row.status === null) throw new IdempotencyKeyInUse();
      const text = row.answer === null ? null : this.box.open(row.answer.toString('utf8'), ANSWER_PURPOSE);
      return { answer: { status: row.status, body: text === null ? undefined : (JSON.parse(text) as unknown) } };
    }
  }

  async keep(claim: IdempotencyKey, { status, body }: StoredResponse): Promise<void> {
    const answer = body === undefined ? null : Buffer.from(this.box.seal(JSON.stringify(body), ANSWER_PURPOSE));
    await this.db.transaction(() => this.keys.complete(claim, { status, answer, expiresMs: this.clock.now() + KEPT_MS }));
  }

  /** Nothing was done: the key may be used again. */
  release(claim: IdempotencyKey): Promise<void> {
    return this.keys.delete(claim);
  }

  private hash(...parts: (string | Buffer)[]): string {
    const hmac = createHmac('sha256', this.secret);
    for (const part of parts) hmac.update(`${part.length}:`).update(part);
    return hmac.digest('hex');
  }
}
