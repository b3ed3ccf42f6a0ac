import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { InvalidRequest } from '../errors/common.errors.js';
import type { Principal } from './principal.js';
import { IdempotencyStore } from './idempotency-store.js';

type Call = FastifyRequest & { readonly user?: Principal; readonly rawBody?: Buffer };

const keyForm = /^[\x21-\x7e]{1,255}$/;

/**
 * Honours `Idempotency-Key` on POSTs of signed-in callers (draft-ietf-httpapi-idempotency-key-header). Uploads need none and are
 * left alone: the same name with the same content answers the package that is there.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly requests: IdempotencyStore) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Call>();
    const key = request.headers['idempotency-key'];
    const isStream = /^(?:multipart\/|application\/offset\+octet-stream)/i.test(request.headers['content-type'] ?? '');
    if (key === undefined || request.method !== 'POST' || isStream || !request.user) return next.handle();
    if (!keyForm.test(String(key))) {
      throw new InvalidRequest([{ pointer: '/Idempotency-Key', detail: 'Idempotency-Key must be 1 to 255 visible ASCII characters.' }]);
    }
    return from(this.once(request, request.user, String(key), context.switchToHttp().getResponse<FastifyReply>(), next));
  }

  private async once(request: Call, { kind, id }: Principal, key: string, reply: FastifyReply, next: CallHandler): Promise<unknown> {
    const { method, url, rawBody: body = Buffer.alloc(0) } = request;
    const begun = await this.requests.begin({ caller: `${kind}:${id}`, key, method, url, body });
    if ('answer' in begun) {
      void reply.status(begun.answer.status).header('Idempotency-Replayed', 'true');
      return begun.answer.body;
    }
    let answer: unknown;
    try {
      answer = await lastValueFrom(next.handle(), { defaultValue: undefined });
    } catch (error) {
      await this.requests.release(begun.claim);
      throw error;
    }
    await this.requests.keep(begun.claim, { status: reply.statusCode, body: answer });
    return answer;
  }
}
