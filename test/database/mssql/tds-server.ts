import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** What the driver sends, by the type of its packets (MS-TDS 2.2.3.1.1). */
const kinds = { 1: 'batch', 3: 'call', 14: 'transaction', 16: 'login', 18: 'prelogin' } as const;
type Kind = (typeof kinds)[keyof typeof kinds];
const ANSWER = 4;
const HEADER = 8;
const token = { environment: 0xe3, error: 0xaa, loginAck: 0xad, done: 0xfd } as const;
const environment = { database: 1, begin: 8, commit: 9, rollback: 10 } as const;

export interface Login {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly program: string;
}

/** What a statement is answered: nothing found, an error (which may have ended the transaction), or the end of the connection. */
export type Reply = 'done' | 'cut' | { readonly number: number; readonly message: string; readonly rollsBack?: boolean };

const u16 = (value: number): Buffer => Buffer.from(Uint16Array.of(value).buffer);
const u32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
const short = (text: string): Buffer => Buffer.concat([Buffer.of(text.length), Buffer.from(text, 'utf16le')]);
const long = (text: string): Buffer => Buffer.concat([u16(text.length), Buffer.from(text, 'utf16le')]);
const sized = (kind: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(kind), u16(body.length), body]);
};
/** One row with one text. */
const row = (column: string, text: string): Buffer =>
  Buffer.concat([
    ...[Buffer.of(0x81), u16(1), Buffer.alloc(6), Buffer.of(0xe7), u16(200), Buffer.alloc(5), short(column)],
    ...[Buffer.of(0xd1), u16(text.length * 2), Buffer.from(text, 'utf16le')],
  ]);
const done = Buffer.concat([Buffer.of(token.done), Buffer.alloc(12)]);
const failed = Buffer.concat([Buffer.of(token.done), u16(2), Buffer.alloc(10)]);
const error = (number: number, message: string): Buffer =>
  sized(token.error, u32(number), Buffer.of(1, 14), long(message), short('fake'), short(''), u32(1));

/**
 * As much of SQL Server's protocol as shows how its driver signs in, begins and ends transactions and reports errors. It knows no SQL: what a
 * statement is answered says `reply`.
 */
export class TdsServer {
  readonly logins: Login[] = [];
  /** Kinds of what was sent after signing in, in its order. */
  readonly sent: Kind[] = [];
  reply: (kind: Kind, text: string) => Reply = () => 'done';
  refuseLogin = false;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((socket) => this.serve(socket));

  /** Answers the port, on which it can be started again. */
  async start(port = 0): Promise<number> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private serve(socket: Socket): void {
    let bytes = Buffer.alloc(0);
    this.sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    socket.on('data', (more) => {
      bytes = Buffer.concat([bytes, more as Buffer]);
      while (bytes.length >= HEADER && bytes.length >= bytes.readUInt16BE(2)) {
        const length = bytes.readUInt16BE(2);
        this.take(socket, kinds[bytes[0] as keyof typeof kinds], bytes.subarray(HEADER, length));
        bytes = bytes.subarray(length);
      }
    });
  }

  private take(socket: Socket, kind: Kind | undefined, body: Buffer): void {
    const send = (...parts: Buffer[]): void => {
      const answer = Buffer.concat(parts);
      socket.write(
        Buffer.concat([Buffer.of(ANSWER, 1, (answer.length + HEADER) >> 8, (answer.length + HEADER) & 255, 0, 0, 1, 0), answer]),
      );
    };
    if (kind === 'prelogin') return send(preloginAnswer);
    if (kind === 'login') return send(...this.signIn(body));
    if (kind === undefined) return void socket.destroy();
    this.sent.push(kind);
    const text = [body, body.subarray(1)].map((part) => part.toString('utf16le')).join('\n');
    const reply = this.reply(kind, text);
    if (text.includes('SCHEMA_NAME()')) return send(row('schema_name', 'dbo'), done); // what TypeORM asks first
    if (reply === 'cut') socket.destroy();
    else if (reply !== 'done') send(error(reply.number, reply.message), ...(reply.rollsBack ? [ended(environment.rollback)] : []), failed);
    else send(...(kind === 'transaction' ? [transactionAnswer(body)] : []), done);
  }

  private signIn(body: Buffer): Buffer[] {
    const textAt = (field: number): Buffer => {
      const [offset, length] = [body.readUInt16LE(field), body.readUInt16LE(field + 2)];
      return Buffer.from(body.subarray(offset, offset + length * 2));
    };
    const plain = (field: number): string => textAt(field).toString('utf16le');
    const password = textAt(44).map((byte) => (((byte ^ 0xa5) << 4) & 0xf0) | ((byte ^ 0xa5) >> 4));
    this.logins.push({ user: plain(40), password: Buffer.from(password).toString('utf16le'), program: plain(48), database: plain(68) });
    if (this.refuseLogin) return [error(18456, `Login failed for user '${plain(40)}'.`), failed];
    const change = sized(token.environment, Buffer.of(environment.database), short(plain(68)), short('master'));
    return [change, sized(token.loginAck, Buffer.of(1, 0x74, 0, 0, 4), short('fake'), Buffer.alloc(4)), done];
  }
}

/** Version, and that nothing is encrypted. */
const preloginAnswer = Buffer.concat([Buffer.of(0, 0, 16, 0, 6, 1, 0, 22, 0, 1, 4, 0, 23, 0, 1), Buffer.of(0xff, 16, 0, 0, 0, 0, 0, 2, 0)]);

const number = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
const ended = (how: number): Buffer => sized(token.environment, Buffer.of(how, 0, number.length), number);

/** The kind of a request about transactions stands after all headers: 5 begins, 7 commits, 8 rolls back. */
function transactionAnswer(body: Buffer): Buffer {
  const kind = body.readUInt16LE(body.readUInt32LE(0));
  if (kind === 5) return sized(token.environment, Buffer.of(environment.begin, number.length), number, Buffer.of(0));
  return ended(kind === 7 ? environment.commit : environment.rollback);
}
