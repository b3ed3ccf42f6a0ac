import { Body, Controller, Get, Module, Post, UseGuards, type CanActivate } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { request } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { actAs, requestContext } from '../logging/request-context.js';
import { trackRequests } from './track-requests.js';

class SignedIn implements CanActivate {
  canActivate(): boolean {
    actAs({ kind: 'user', name: 'ann' });
    return true;
  }
}

@Controller()
class ContextController {
  @Get()
  async get(): Promise<unknown> {
    await nextTurn();
    return requestContext() ?? null;
  }

  @Post()
  @UseGuards(SignedIn)
  async post(@Body() _body: unknown): Promise<unknown> {
    await nextTurn();
    return requestContext() ?? null;
  }
}

@Module({ controllers: [ContextController] })
class ContextModule {}

let app: NestFastifyApplication;
let url: string;
beforeAll(async () => {
  app = await NestFactory.create<NestFastifyApplication>(ContextModule, new FastifyAdapter(), { logger: false, rawBody: true });
  trackRequests(app.getHttpAdapter().getInstance());
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});
afterAll(() => app.close());

/** Sends the body in two pieces, as a network does. */
function postSlowly(): Promise<{ text: string; requestId: unknown }> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', headers: { 'content-type': 'application/json' } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ text, requestId: response.headers['x-request-id'] }));
    });
    call.on('error', reject);
    call.write('{"a":');
    setTimeout(() => call.end('1}'), 50);
  });
}

describe('trackRequests', () => {
  it('names the request in the answer and in the context of its handler', async () => {
    const response = await fetch(url);
    expect(await response.json()).toEqual({ requestId: response.headers.get('x-request-id'), address: '127.0.0.1' });
  });

  it('keeps the context of a request whose body arrives later, with who signed in', async () => {
    const { text, requestId } = await postSlowly();
    expect(JSON.parse(text)).toEqual({ requestId, address: '127.0.0.1', actor: { kind: 'user', name: 'ann' } });
  });

  it('never mixes up two requests', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, postSlowly));
    const ids = answers.map(({ text, requestId }) => [(JSON.parse(text) as { requestId: string }).requestId, requestId]);
    for (const [inside, outside] of ids) expect(inside).toBe(outside);
    expect(new Set(ids.map(([inside]) => inside)).size).toBe(20);
  });
});
