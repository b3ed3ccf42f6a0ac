import { validateHeaderValue } from 'node:http';
import type { LookupFunction } from 'node:net';
import type { BodySink } from './body-sink.js';
import type { BulkConnection } from './bulk-connection.js';
import { BulkConnections } from './bulk-connections.js';
import { isUnderstood } from './peer-answer.js';
import { ODS_HEADERS } from './peer-http.js';
import { PROTOCOL_HEADER } from '../auth/protocol.guard.js';
import { isPlainRange, type ResponseHead } from './response-head.js';

export interface BulkRequest {
  /** Of the body, in bytes. */
  readonly length: number;
  /** How long nothing may come, in milliseconds. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
  /** How names are looked up; the system's way when not given. */
  readonly lookup?: LookupFunction | undefined;
}

/** A body that has been promised and has not been read. */
export interface BulkBody {
  /** Receives it, once and whole. */
  into(sink: BodySink): Promise<void>;
  /** For whoever does not want it after all; nothing once it is received. */
  destroy(): void;
}

/** Large ranges from peers, by way of connections of their own. */
export class BulkHttp {
  private readonly connections = new BulkConnections();

  /** Null when the answer is not exactly the range. `fields` is called for each try: a second one needs a token of its own. */
  async get(url: URL, request: BulkRequest, fields: () => Promise<Record<string, string>>): Promise<BulkBody | null> {
    const first = this.connections.take(url, request.idleMs, false, request.lookup);
    try {
      return await this.try(first.connection, url, request, await fields());
    } catch (error) {
      if (!first.isReused || !first.connection.isSilent || request.signal.aborted) throw error;
    }
    return this.try(this.connections.take(url, request.idleMs, true, request.lookup).connection, url, request, await fields());
  }

  close(): void {
    this.connections.close();
  }

  private async try(
    connection: BulkConnection,
    url: URL,
    { length, signal }: BulkRequest,
    fields: Record<string, string>,
  ): Promise<BulkBody | null> {
    const stop = () => connection.destroy(signal.reason as Error);
    signal.addEventListener('abort', stop);
    const letGo = () => signal.removeEventListener('abort', stop);
    try {
      signal.throwIfAborted();
      const head = await connection.ask(requestText(url, { ...ODS_HEADERS, ...fields }));
      if (head && isPlainRange(head, length) && isOfOds(head)) return this.bodyOf(url, connection, head, length, letGo);
    } catch (error) {
      letGo();
      connection.destroy();
      throw error;
    }
    letGo();
    connection.destroy();
    return null;
  }

  private bodyOf(url: URL, connection: BulkConnection, { headers }: ResponseHead, length: number, letGo: () => void): BulkBody {
    let isOver = false;
    const end = (isReusable: boolean): void => {
      if (isOver) return;
      isOver = true;
      letGo();
      if (isReusable) this.connections.giveBack(url, connection);
      else connection.destroy();
    };
    return {
      into: async (sink) => {
        try {
          await connection.receive(sink, length);
          end(headers['connection']?.toLowerCase() !== 'close');
        } finally {
          end(false);
        }
      },
      destroy: () => end(false),
    };
  }
}

const isOfOds = ({ headers }: ResponseHead): boolean => isUnderstood(headers[PROTOCOL_HEADER] ?? '');

function requestText({ pathname, search, host }: URL, fields: Record<string, string>): string {
  const lines = [`GET ${pathname}${search} HTTP/1.1`, `Host: ${host}`];
  for (const [name, value] of Object.entries(fields)) {
    validateHeaderValue(name, value); // nothing may end a line but we
    lines.push(`${name}: ${value}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
