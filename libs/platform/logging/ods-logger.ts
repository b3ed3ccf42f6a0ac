import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger as Pino, pino } from 'pino';
import type { Config } from '../config/config.js';
import { currentTraceId } from '../tracing/spans.js';
import { safeFields, safeText } from './log-fields.js';
import { prettyLine } from './pretty-line.js';
import { requestContext } from './request-context.js';

const levels = { log: 'info', error: 'error', warn: 'warn', debug: 'debug', verbose: 'trace', fatal: 'fatal' } as const;
type Level = keyof typeof levels;

/** What the framework says of its own start-up: for whoever debugs it. */
const chatty = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

/** Nest's logger over pino: JSON lines with request ids for machines, plain lines for a terminal. */
export class OdsLogger implements LoggerService {
  private readonly pino: Pino;

  constructor(config: Pick<Config, 'get'>, serviceName: string, out: DestinationStream = pino.destination({ fd: 1, sync: true })) {
    const format = config.get('LOG_FORMAT');
    const isPretty = format === 'pretty' || (format === 'auto' && process.stdout.isTTY);
    const options = {
      level: config.get('DEBUG') ? 'debug' : 'info',
      base: { service: serviceName, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label: string) => ({ level: label }) },
      serializers: { err: (safe: unknown) => safe }, // pino's own would add every member of the error
      mixin: () => ({ request_id: requestContext()?.requestId, trace_id: currentTraceId() }),
    };
    const isColoured = process.stdout.isTTY === true;
    this.pino = pino(options, isPretty ? { write: (text: string) => out.write(prettyLine(text, isColoured)) } : out);
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
    const label = level === 'log' && chatty.has(String(context)) ? 'debug' : levels[level];
    if (message instanceof Error) this.pino[label](safeFields({ ...fields, err: message }), safeText(message.message));
    else if (typeof message === 'object' && message !== null) this.pino[label]({ ...fields, ...safeFields(message) });
    else this.pino[label](fields, safeText(String(message)));
  }
}
