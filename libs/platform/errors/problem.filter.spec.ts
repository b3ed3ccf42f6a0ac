import {
  Body,
  Controller,
  Get,
  type INestApplication,
  Module,
  NotFoundException,
  Param,
  ParseIntPipe,
  Post,
  Res,
  ServiceUnavailableException,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { QueryFailedError } from 'typeorm';
import { DomainError } from './domain-error.js';
import { answerProblem, ProblemFilter, toProblem } from './problem.filter.js';

class TooManyPeers extends DomainError {
  readonly code = 'too-many-peers';
  readonly status = 429;
  override readonly details = { limit: 3 };
  override readonly retryAfterSeconds = 1.2;
}

class NotSignedIn extends DomainError {
  readonly code = 'not-signed-in';
  readonly status = 401;
}

const withCode = (code: string, message = `${code}: write /srv/secret/path`) => Object.assign(new Error(message), { code });

const failures: Record<string, () => unknown> = {
  domain: () => new TooManyPeers('This server has enough peers.'),
  unauthorized: () => new NotSignedIn('Sign in first.'),
  'not-found': () => new NotFoundException('No such thing.'),
  unavailable: () => new ServiceUnavailableException('postgres://ods:hunter2@db'),
  enospc: () => withCode('ENOSPC'),
  edquot: () => withCode('EDQUOT'),
  'sqlite-full': () => new QueryFailedError('INSERT', [], withCode('SQLITE_FULL')),
  'postgres-full': () => new QueryFailedError('INSERT', [], withCode('53100')),
  'mariadb-full': () => new QueryFailedError('INSERT', [], withCode('ER_RECORD_FILE_FULL')),
  unknown: () => new Error('hunter2 at /srv/secret/path'),
  text: () => 'hunter2',
  undefined: () => undefined,
};

@Controller()
class FailingController {
  @Get('fail/:how')
  fail(@Param('how') how: string): never {
    throw failures[how]!();
  }

  @Post('json')
  json(@Body() body: unknown): unknown {
    return body;
  }

  @Get('number/:id')
  number(@Param('id', ParseIntPipe) id: number): number {
    return id;
  }

  /** The body is under way when it fails. */
  @Get('half')
  async half(@Res() reply: FastifyReply): Promise<void> {
    reply.hijack();
    reply.raw.writeHead(200, { 'Content-Length': '1000' });
    reply.raw.write('half of it');
    throw new Error('the disk went away');
  }

  @Get('stream')
  stream(): Readable {
    async function* content(): AsyncGenerator<string> {
      yield 'half of it';
      throw new Error('the disk went away');
    }
    return Readable.from(content());
  }

  @Get('after')
  async after(@Res() reply: FastifyReply): Promise<void> {
    void reply.send(Buffer.alloc(8 * 2 ** 20, 'x')); // more than the socket takes at once
    throw new Error('too late to matter');
  }
}

@Module({ controllers: [FailingController] })
class FailingModule {}

const logged: unknown[] = [];
const silent = () => undefined;
let app: NestFastifyApplication & INestApplication;

beforeAll(async () => {
  const adapter = new FastifyAdapter({ bodyLimit: 1_000, routerOptions: { maxParamLength: 100 }, frameworkErrors: answerProblem });
  app = await NestFactory.create<NestFastifyApplication>(FailingModule, adapter, {
    rawBody: true,
    logger: { log: silent, warn: silent, error: (message: unknown) => logged.push(message) },
  });
  app.useGlobalFilters(new ProblemFilter());
  await app.listen(0, '127.0.0.1');
});
beforeEach(() => void logged.splice(0));
afterAll(() => app.close());

const get = (url: string) => app.inject({ method: 'GET', url });
const post = (body: string, contentType = 'application/json') =>
  app.inject({ method: 'POST', url: '/json', headers: { 'content-type': contentType }, body });

describe('ProblemFilter', () => {
  it('answers facts of the business with their code, status, details and when to come back', async () => {
    const { statusCode, headers, json } = await get('/fail/domain');
    expect(statusCode).toBe(429);
    expect(headers).toMatchObject({ 'content-type': expect.stringContaining('application/problem+json'), 'retry-after': '2' });
    expect(json()).toEqual({
      type: 'urn:ods:problem:too-many-peers',
      title: 'Too Many Requests',
      status: 429,
      detail: 'This server has enough peers.',
      error: 'This server has enough peers.',
      limit: 3,
      request_id: expect.any(String),
    });
    expect(logged).toEqual([]);
  });

  it('says to clients without a sign-in how to sign in', async () => {
    expect((await get('/fail/unauthorized')).headers['www-authenticate']).toBe('Bearer');
  });

  it('repeats what the framework says below 500, and nothing of what it says above', async () => {
    expect((await get('/fail/not-found')).json()).toMatchObject({
      type: 'about:blank',
      status: 404,
      title: 'Not Found',
      detail: 'No such thing.',
    });
    expect((await get('/nowhere')).json()).toMatchObject({ status: 404 });
    expect((await get('/number/seven')).json()).toMatchObject({ status: 400 });
    const { body, statusCode } = await get('/fail/unavailable');
    expect(statusCode).toBe(503);
    expect(body).not.toContain('hunter2');
  });

  it.each(['enospc', 'edquot', 'sqlite-full', 'postgres-full', 'mariadb-full'])('calls a full disk a full disk: %s', async (how) => {
    const { statusCode, body, json } = await get(`/fail/${how}`);
    expect(statusCode).toBe(507);
    expect(json()).toMatchObject({ type: 'urn:ods:problem:disk-full', title: 'Insufficient Storage' });
    expect(body).not.toContain('/srv');
  });

  it.each(['unknown', 'text', 'undefined'])('answers a bare 500 for anything else (%s), and logs it once', async (how) => {
    const { statusCode, body, json } = await get(`/fail/${how}`);
    expect(statusCode).toBe(500);
    expect(json()).toMatchObject({ type: 'about:blank', title: 'Internal Server Error', status: 500 });
    expect(body).not.toMatch(/hunter2|srv|stack/);
    expect(logged).toEqual([{ msg: `GET /fail/${how} failed`, err: failures[how]!() }]);
  });

  it('does not log the query of the address, where secrets may be', async () => {
    await get('/fail/unknown?token=hunter2');
    expect(JSON.stringify(logged)).not.toContain('token=');
  });

  it.each<[string, string, number, string]>([
    ['malformed JSON', '{"a":', 400, 'application/json'],
    ['an empty body that should be JSON', '', 400, 'application/json'],
    ['a body that poisons prototypes', '{"__proto__":{"admin":true}}', 400, 'application/json'],
    ['a body that is too large', JSON.stringify('x'.repeat(1_001)), 413, 'application/json'],
    ['a media type that is not read', '<a/>', 415, 'application/xml'],
  ])('answers the errors of the server below it: %s', async (_what, body, status, contentType) => {
    const response = await post(body, contentType);
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.json()).toMatchObject({ status, request_id: expect.any(String) });
    expect(logged).toEqual([]);
  });

  it.each([
    ['/number/%zz', 400],
    [`/number/${'1'.repeat(101)}`, 414],
  ])('answers addresses that cannot be: %s', async (url, status) => {
    const response = await get(url);
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toContain('application/problem+json');
  });

  it.each(['half', 'stream'])('cuts the connection when the body was under way (%s): no client takes a part for the whole', async (how) => {
    await expect(fetch(`${await app.getUrl()}/${how}`).then((response) => response.text())).rejects.toThrow();
    expect(JSON.stringify(logged)).toContain(how === 'half' ? 'GET /half failed' : '');
  });

  it('leaves an answer alone that was whole before the failure', async () => {
    const response = await fetch(`${await app.getUrl()}/after`);
    expect(await response.text()).toHaveLength(8 * 2 ** 20);
    expect(logged).toHaveLength(1);
  });
});

describe('toProblem', () => {
  it('cannot be fooled into a status by an error that merely has one', () => {
    expect(toProblem({ statusCode: 200, code: 'OTHER', message: 'hunter2' })).toMatchObject({ status: 500 });
    expect(toProblem(null)).toMatchObject({ status: 500 });
  });
});
