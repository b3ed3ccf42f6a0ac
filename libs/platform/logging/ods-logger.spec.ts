import { ConsoleLogger, Logger } from '@nestjs/common';
import { AxiosError, AxiosHeaders } from 'axios';
import { QueryFailedError } from 'typeorm';
import type { Config } from '../config/config.js';
import { OdsLogger } from './ods-logger.js';
import { withRequestContext } from './request-context.js';

function loggerWith(values: Partial<Record<string, unknown>> = {}) {
  const lines: string[] = [];
  const settings: Record<string, unknown> = { DEBUG: false, LOG_FORMAT: 'json', ...values };
  const config = { get: (name: string) => settings[name] } as Pick<Config, 'get'>;
  const logger = new OdsLogger(config, 'api', { write: (text) => void lines.push(text) });
  return { logger, lines, last: () => JSON.parse(lines.at(-1)!) as Record<string, unknown> };
}

describe('OdsLogger', () => {
  it('writes one JSON line with level, time, context and the request that is served', () => {
    const { logger, last } = loggerWith();
    withRequestContext({ requestId: 'r-1', address: null }, () => logger.warn('Careful.', 'Http'));
    expect(last()).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      service: 'api',
      pid: process.pid,
      request_id: 'r-1',
      context: 'Http',
      msg: 'Careful.',
    });
  });

  it('takes what Nest gives it: messages, stacks, errors and objects', () => {
    const { logger, last } = loggerWith();
    Logger.overrideLogger(logger);
    try {
      new Logger('Jobs').error('It failed.', 'Error: It failed.\n    at x');
      expect(last()).toMatchObject({ context: 'Jobs', msg: 'It failed.', err: { stack: 'Error: It failed.\n    at x' } });
      new Logger('Jobs').error(new TypeError('wrong'));
      expect(last()).toMatchObject({
        context: 'Jobs',
        msg: 'wrong',
        err: { type: 'TypeError', message: 'wrong', stack: expect.stringContaining('ods-logger.spec') },
      });
      new Logger('Jobs').log({ msg: 'Moved.', count: 3 });
      expect(last()).toMatchObject({ level: 'info', context: 'Jobs', msg: 'Moved.', count: 3 });
      new Logger('Jobs').log(undefined);
      expect(last()).toMatchObject({ msg: 'undefined' });
    } finally {
      Logger.overrideLogger(new ConsoleLogger());
    }
  });

  it('keeps debugging to itself unless it is asked for', () => {
    const quiet = loggerWith();
    quiet.logger.debug('x');
    quiet.logger.log('Mapped {/}', 'RouterExplorer');
    expect(quiet.lines).toEqual([]);
    const { logger, lines } = loggerWith({ DEBUG: true });
    logger.debug('x');
    logger.log('Mapped {/}', 'RouterExplorer');
    expect(lines).toHaveLength(2);
  });

  it('shows no secret by its name, at any depth, in any spelling', () => {
    const { logger, lines } = loggerWith();
    logger.log({
      msg: 'x',
      password: 'hunter2',
      body: { newPassword: 'hunter2', deep: { deeper: { deepest: { access_token: 'hunter2' } } } },
      list: [{ refreshToken: 'hunter2' }],
      headers: { Authorization: 'hunter2', 'set-cookie': ['hunter2'] },
      server: { registrationKey: 'hunter2', private_key: Buffer.from('hunter2') },
      SECRET_KEY: 'hunter2',
      DATABASE_KEY: ['hunter2'],
      passwordHash: 'hunter2',
      filename: 'Firefox.pkg',
      monkey: 'shown',
    });
    expect(lines.join()).not.toContain('hunter2');
    expect(lines.join()).not.toContain(Buffer.from('hunter2').toString('base64'));
    expect(JSON.parse(lines[0]!)).toMatchObject({ password: '[redacted]', filename: 'Firefox.pkg', monkey: 'shown' });
  });

  it('shows no secret that stands in a URL or a header line', () => {
    const { logger, lines } = loggerWith();
    logger.error(new Error('connect postgres://ods:hunter2@db/ods failed'));
    logger.warn('GET https://ann:hunter2@peer/x with Bearer hunter2.hunter2.hunter2 refused');
    expect(lines.join()).not.toContain('hunter2');
    expect(lines.join()).toContain('postgres://ods:[redacted]@db/ods');
  });

  it('shows of an error what helps, and not the parameters of its statement', () => {
    const { logger, lines, last } = loggerWith();
    const cause = Object.assign(new Error('UNIQUE constraint failed'), { code: 'SQLITE_CONSTRAINT' });
    logger.error({ msg: 'x', err: new QueryFailedError('INSERT INTO user VALUES (?)', ['hunter2'], cause) });
    expect(lines.join()).not.toContain('hunter2');
    expect(last()['err']).toMatchObject({ type: 'QueryFailedError', code: 'SQLITE_CONSTRAINT', query: 'INSERT INTO user VALUES (?)' });
  });

  it('shows nothing of the request of a failed call to a peer', () => {
    const { logger, lines } = loggerWith();
    const headers = new AxiosHeaders({ Authorization: 'Bearer hunter2' });
    const error = new AxiosError('timeout', 'ECONNABORTED', { headers, data: 'hunter2', url: 'https://peer/x' });
    logger.warn(error);
    logger.error(new Error('Sending failed', { cause: error }));
    expect(lines.join()).not.toContain('hunter2');
    expect(JSON.parse(lines[1]!)).toMatchObject({
      err: { message: 'Sending failed', cause: { message: 'timeout', code: 'ECONNABORTED' } },
    });
  });

  it('writes anything without failing: cycles, bytes, getters that throw, huge values', () => {
    const { logger, lines } = loggerWith();
    const cycle: Record<string, unknown> = {
      bytes: Buffer.alloc(5_000),
      big: 10n,
      text: 'x'.repeat(1_000_000),
      list: Array.from({ length: 10_000 }, () => 1),
    };
    cycle['self'] = cycle;
    Object.defineProperty(cycle, 'bad', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    logger.log(cycle);
    expect(lines[0]!.length).toBeLessThan(50_000);
    expect(JSON.parse(lines[0]!)).toMatchObject({ bytes: '[5000 bytes]', big: '10', bad: '[unreadable]' });
  });
});

describe('OdsLogger for a terminal', () => {
  it('writes a short line with the time, who says it, the request and the cause', () => {
    const { logger, lines } = loggerWith({ LOG_FORMAT: 'pretty' });
    withRequestContext({ requestId: 'r-1', address: null }, () =>
      logger.error({ msg: 'GET /x failed', err: new Error('why'), peer: 'London' }, 'Http'),
    );
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d error Http: GET \/x failed \{"peer":"London"\} \[r-1\]\nError: why\n {4}at /);
  });

  it('shows the causes of a cause', () => {
    const { logger, lines } = loggerWith({ LOG_FORMAT: 'pretty' });
    logger.error(new Error('outer', { cause: new Error('inner') }));
    expect(lines[0]).toContain('Caused by: Error: inner');
  });

  it('lets no name forge a line or steer the terminal', () => {
    const { logger, lines } = loggerWith({ LOG_FORMAT: 'pretty' });
    logger.log('Uploaded evil\n12:00:00 info  Http: all is well\x1b[2J\r\u202egkp.exe', 'Upload');
    expect(lines[0]!.match(/\n/g)).toHaveLength(1);
    expect(lines[0]).not.toMatch(/[\x1b\r\u202e]/);
  });
});
