import net, { type LookupFunction } from 'node:net';
import tls from 'node:tls';
import type { BodySink } from './body-sink.js';
import { HEAD_LIMIT, parseResponseHead, type ResponseHead } from './response-head.js';

const NOTHING = Buffer.alloc(0);
const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** What went wrong on the wire; `code` is the system's, which describeFailure has words for. */
export class ConnectionFailed extends Error {
  override readonly name = 'ConnectionFailed';
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

interface Waiter<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

/**
 * One HTTP/1.1 connection for large bodies, one request after the other. The system reads them straight into the sink's memory:
 * Node's HTTP client makes a new buffer for each piece, which costs several times what receiving the bytes costs.
 */
export class BulkConnection {
  /** Heads land here, and the first bytes after a rest. */
  private readonly own = Buffer.allocUnsafe(HEAD_LIMIT * 4);
  private target: Uint8Array = this.own;
  private readonly socket: net.Socket;
  private head: (Waiter<ResponseHead | null> & { bytes: Buffer }) | undefined;
  private body: (Waiter<void> & { sink: BodySink; left: number }) | undefined;
  /** Came before there was room for it. */
  private pending: Buffer = NOTHING;
  private isResting = false;
  private wasAnswered = false;

  constructor(
    url: URL,
    private readonly idleMs: number,
    lookup?: LookupFunction,
  ) {
    const onread = { buffer: () => this.target, callback: (count: number, into: Uint8Array) => this.read(count, into) };
    const at = {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port) || PORTS[url.protocol]!,
      onread,
      ...(lookup ? { lookup } : {}),
    };
    const name = net.isIP(at.host) ? {} : { servername: at.host };
    // The types do not know that TLS takes `onread` as well.
    const secure = { ...at, ...name, ALPNProtocols: ['http/1.1'] } as tls.ConnectionOptions;
    this.socket = url.protocol === 'https:' ? tls.connect(secure) : net.connect(at);
    this.socket
      .setNoDelay(true)
      .setTimeout(idleMs, () => this.noteSilence())
      .on('error', ({ message, code }: NodeJS.ErrnoException) => this.fail(new ConnectionFailed(message, code ?? 'ECONNRESET')))
      .on('end', () => this.fail(new ConnectionFailed('The connection was closed.', 'ECONNRESET')))
      .on('close', () => this.fail(new ConnectionFailed('The connection was closed.', 'ECONNRESET')));
  }

  get isUsable(): boolean {
    return !this.socket.destroyed && !this.head && !this.body && this.pending.length === 0;
  }

  /** No byte has come yet: the peer closed a kept connection at the moment it was used again, perhaps. */
  get isSilent(): boolean {
    return !this.wasAnswered;
  }

  /** Sends a request; answers the head, with the body still to be received, or null when it is not one to rely on. */
  ask(request: string): Promise<ResponseHead | null> {
    this.wasAnswered = false;
    return new Promise((resolve, reject) => {
      this.head = { resolve, reject, bytes: NOTHING };
      this.socket.write(request, 'latin1');
    });
  }

  /** Receives the `length` bytes that the head has promised. */
  receive(sink: BodySink, length: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.body = { sink, left: length, resolve, reject };
      if (this.socket.destroyed) this.fail(new ConnectionFailed('The connection was closed.', 'ECONNRESET'));
      else this.goOn();
    });
  }

  /** Rejects whatever waits with `reason`. */
  destroy(reason: Error = new ConnectionFailed('The connection was given up.', 'ECONNRESET')): void {
    this.fail(reason);
  }

  /** Called when bytes have arrived; false pauses the socket until `resume`. */
  private read(count: number, into: Uint8Array): boolean {
    this.wasAnswered = true;
    if (this.head) return this.readHead(count);
    if (!this.body) {
      this.fail(new ConnectionFailed('More came than was asked for.', 'HPE_UNEXPECTED'));
      return false;
    }
    if (into === this.own) this.pending = Buffer.from(this.own.subarray(0, count));
    else this.noteFilled(this.body, count);
    return this.flow(this.body);
  }

  private readHead(count: number): boolean {
    const waiter = this.head!;
    waiter.bytes = Buffer.concat([waiter.bytes, this.own.subarray(0, count)]);
    const head = parseResponseHead(waiter.bytes);
    if (head === undefined) return true;
    this.head = undefined;
    this.pending = head ? waiter.bytes.subarray(head.length) : NOTHING;
    this.isResting = true; // until the caller says where the body goes
    waiter.resolve(head);
    return false;
  }

  private noteFilled(body: NonNullable<typeof this.body>, count: number): void {
    body.left -= count;
    body.sink.filled(count);
  }

  /** Places what is pending and says where the next bytes go; false when they have to wait. */
  private flow(body: NonNullable<typeof this.body>): boolean {
    this.target = this.own;
    while (body.left > 0) {
      const room = body.sink.room()?.subarray(0, body.left);
      if (!room) return this.rest(body);
      if (this.pending.length === 0) {
        this.target = room;
        return true;
      }
      const count = Math.min(room.length, this.pending.length);
      room.set(this.pending.subarray(0, count));
      this.pending = this.pending.subarray(count);
      this.noteFilled(body, count);
    }
    this.body = undefined;
    body.resolve();
    return true;
  }

  private rest({ sink }: NonNullable<typeof this.body>): false {
    this.isResting = true;
    sink.ready().then(
      () => this.goOn(),
      (error: unknown) => this.fail(error as Error),
    );
    return false;
  }

  private goOn(): void {
    this.isResting = false;
    if (this.body && this.flow(this.body)) this.socket.resume();
  }

  private noteSilence(): void {
    if (this.isResting)
      this.socket.setTimeout(this.idleMs); // our own doing
    else this.fail(new ConnectionFailed(`Nothing came for ${this.idleMs} ms.`, 'ETIMEDOUT'));
  }

  private fail(error: Error): void {
    const waiters = [this.head, this.body];
    [this.head, this.body] = [undefined, undefined];
    this.socket.destroy();
    for (const waiter of waiters) waiter?.reject(error);
  }
}
