import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import { DiskFull } from './common.errors.js';
import { DatabaseAway, isDatabaseLoss } from '../database/database-outage.js';
import { databaseCode } from '../database/transient-errors.js';
import { DomainError } from './domain-error.js';
import { errorFormOf } from './error-form.js';

interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly [member: string]: unknown;
}

const title = (status: number): string => STATUS_CODES[status] ?? 'Error';
const unknownProblem: Problem = {
  type: 'about:blank',
  title: title(500),
  status: 500,
  detail: 'Something went wrong on this server. Its log names the cause under the request id.',
};

/** What framework errors say may be shown; anything else is not ours to repeat. */
function fromHttpException(error: HttpException): Problem {
  const status = error.getStatus();
  return { type: 'about:blank', title: title(status), status, detail: status < 500 ? error.message : unknownProblem.detail };
}

/** Errors of Fastify itself (malformed JSON, body too large, unsupported media type) carry a status code. */
function fromFastify(error: unknown): Problem | null {
  const { statusCode, code, message } = (error ?? {}) as { statusCode?: number; code?: string; message?: string };
  if (!statusCode || statusCode >= 500 || !code?.startsWith('FST_')) return null;
  return { type: 'about:blank', title: title(statusCode), status: statusCode, detail: message ?? title(statusCode) };
}

/** How the disk, SQLite, PostgreSQL, MariaDB and SQL Server say that there is no room left. */
const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL', '53100', 'ER_DISK_FULL', 'ER_RECORD_FILE_FULL', 'MSSQL_1105', 'MSSQL_9002']);

const isDiskFull = (error: unknown): boolean => fullCodes.has(databaseCode(error));

export function toProblem(error: unknown): Problem {
  if (error instanceof DomainError) {
    const { code, status, message, details } = error;
    return { type: `urn:ods:problem:${code}`, title: title(status), status, detail: message, ...details };
  }
  if (error instanceof HttpException) return fromHttpException(error);
  if (isDiskFull(error)) return toProblem(new DiskFull());
  return fromFastify(error) ?? unknownProblem;
}

const logger = new Logger('Http');

/** Answers a request with what went wrong; also given to Fastify for what fails before any route is found. */
export function answerProblem(fault: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = isDatabaseLoss(fault) ? new DatabaseAway() : fault; // the outage is logged once, where it is noticed
  const problem = toProblem(error);
  if (problem.status >= 500 && !(error instanceof DomainError)) {
    logger.error({ msg: `${request.method} ${request.url.split('?')[0]} failed`, err: error });
  }
  if (reply.raw.writableEnded) return; // the whole answer is on its way
  if (reply.sent || reply.raw.headersSent) {
    reply.raw.destroy(); // a body was under way: cutting the connection is the only honest end
    return;
  }
  if (error instanceof DomainError && error.retryAfterSeconds !== undefined) {
    void reply.header('Retry-After', String(Math.ceil(error.retryAfterSeconds)));
  }
  if (problem.status === 401) void reply.header('WWW-Authenticate', (error instanceof DomainError && error.challenge) || 'Bearer');
  const written = errorFormOf(request)?.({ ...problem, error });
  void reply
    .status(problem.status)
    .type(written ? 'application/json' : 'application/problem+json')
    .send(written ?? { ...problem, error: problem.detail, request_id: request.id });
}

/** The only place that knows HTTP and errors at once: RFC 9457 problem documents. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerProblem(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}
