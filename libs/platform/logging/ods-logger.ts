import type { LoggerService } from '@nestjs/common';
import { pino, type Logger as Pino } from 'pino';
import type { Config } from '../config/config.js';
import { requestContext } from './request-context.js';

const levels = { log: 'info', error: 'error', warn: 'warn', debug: 'debug', verbose: 'trace', fatal: 'fatal' } as const;
type Level = keyof typeof levels;

/** What the framework says of its own start-up: for whoever debugs it. */
const chatty = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);
const secrets = ['authorization', 'cookie', 'password', 'key', 'secret', 'token', 'access_token', 'refresh_token'];
const colour = { error: '\x1b[31m', warn: '\x1b[33m', fatal: '\x1b[31m' } as Record<string, string | undefined>;

/** One short line a person can read: for terminals. */
function prettyLine(text: string): string {
  const { time, level, context, msg, err } = JSON.parse(text) as Record<string, string> & { err?: { stack?: string } };
  const paint = process.stdout.isTTY ? (colour[level ?? ''] ?? '') : '';
  const cause = err?.stack ? `\n${err.stack}` : '';
  return `${(time ?? '').slice(11, 19)} ${paint}${(level ?? '').padEnd(5)}${paint && '\x1b[0m'} ${context ?? 'ods'}: ${msg ?? ''}${cause}\n`;
}

/** Nest's logger over pino: JSON lines with request ids for machines, plain lines for a terminal. */
export class OdsLogger implements LoggerService {
  private readonly pino: Pino;

  constructor(config: Pick<Config, 'get'>, serviceName: string) {
    const format = config.get('LOG_FORMAT');
    const isPretty = format === 'pretty' || (format === 'auto' && process.stdout.isTTY);
    const options = {
      level: config.get('DEBUG') ? 'debug' : 'info',
      base: { service: serviceName, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label: string) => ({ level: label }) },
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
      mixin: () => ({ request_id: requestContext()?.requestId }),
    };
    this.pino = isPretty
      ? pino(options, { write: (text: string) => void process.stdout.write(prettyLine(text)) })
      : pino(options);
  }

  log = (message: unknown, ...rest: unknown[]): void => this.write('log', message, rest);
  error = (message: unknown, ...rest: unknown[]): void => this.write('error', message, rest);
  warn = (message: unknown, ...rest: unknown[]): void => this.write('warn', message, rest);
  debug = (message: unknown, ...rest: unknown[]): void => this.write('debug', message, rest);
  verbose = (message: unknown, ...rest: unknown[]): void => this.write('verbose', message, rest);
  fatal = (message: unknown, ...rest: unknown[]): void => this.write('fatal', message, rest);

  /** Nest appends the context, and before it a stack for errors. */
  private write(level: Level, message: unknown, rest: unknown[]): void {
    const context = rest.at(-1);
    const stack = rest.length > 1 && typeof rest[0] === 'string' ? { err: { stack: rest[0] } } : {};
    const fields = { ...(typeof context === 'string' ? { context } : {}), ...stack };
    if (level === 'log' && chatty.has(String(context))) this.pino.debug(fields, String(message));
    else if (message instanceof Error) this.pino[levels[level]]({ ...fields, err: message }, message.message);
    else if (typeof message === 'object' && message !== null) this.pino[levels[level]]({ ...fields, ...message });
    else this.pino[levels[level]](fields, String(message));
  }
}
