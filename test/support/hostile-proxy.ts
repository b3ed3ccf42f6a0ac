import net, { type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the line does to what the far server sends. */
export type Hostility =
  | { readonly kind: 'none' }
  /** Changes one byte in each so many. */
  | { readonly kind: 'corrupt'; readonly every: number }
  /** Ends each connection, as if all had been said, after so many bytes. */
  | { readonly kind: 'truncate'; readonly after: number }
  /** Goes silent on each connection after so many bytes. */
  | { readonly kind: 'stall'; readonly after: number }
  /** Cuts each connection hard after so many bytes. */
  | { readonly kind: 'reset'; readonly after: number }
  /** Lets so many bytes a second pass, all connections together; `up` holds for what goes to the far server. */
  | { readonly kind: 'throttle'; readonly rate: number; readonly up?: number }
  /** Takes connections and everything that is said, and never answers. */
  | { readonly kind: 'silent' }
  /** No connection gets through. */
  | { readonly kind: 'partition' };

/** What an Ethernet frame carries of TCP. */
const PACKET_BYTES = 1_460;

/** A TCP line to a server that does harm to what comes back over it; small messages get through, so that the API still works. */
export class HostileProxy {
  hostility: Hostility = { kind: 'none' };
  /** Bytes of connections that were harmed. */
  harmed = 0;
  /** Bytes that came back over the line. */
  carried = 0;
  private readonly sockets = new Set<Socket>();
  private readonly promisedMs = { down: 0, up: 0 };
  private readonly server = net.createServer((near) => this.join(near));

  private constructor(private readonly target: number) {}

  static async to(port: number): Promise<HostileProxy> {
    const proxy = new HostileProxy(port);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on; open connections are cut, so that it holds for all. */
  become(hostility: Hostility): void {
    this.hostility = hostility;
    for (const socket of this.sockets) socket.destroy();
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private join(near: Socket): void {
    if (this.hostility.kind === 'partition') return void near.resetAndDestroy();
    if (this.hostility.kind === 'silent') return this.swallow(near);
    const far = net.connect(this.target, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    near.on('data', (bytes: Buffer) => {
      const rate = this.hostility.kind === 'throttle' ? this.hostility.up : undefined;
      if (rate !== undefined) void this.drip(near, far, bytes, rate, 'up');
      else if (!far.write(bytes)) {
        near.pause();
        far.once('drain', () => near.resume());
      }
    });
    near.on('end', () => far.end());
    this.harm(near, far);
  }

  private harm(near: Socket, far: Socket): void {
    let passed = 0;
    far.on('data', (bytes: Buffer) => {
      const { hostility } = this;
      const before = passed;
      passed += bytes.length;
      this.carried += bytes.length;
      if ('after' in hostility && passed > hostility.after) {
        this.harmed += 1;
        if (hostility.kind === 'reset') near.resetAndDestroy();
        else if (hostility.kind === 'truncate') near.end(bytes.subarray(0, Math.max(0, hostility.after - before)));
        else far.pause(); // stall: nothing more is ever said
        return;
      }
      if (hostility.kind === 'corrupt') this.corrupt(bytes, before, passed, hostility.every);
      if (hostility.kind === 'throttle') return void this.drip(far, near, bytes, hostility.rate, 'down');
      if (near.write(bytes)) return;
      far.pause();
      near.once('drain', () => far.resume());
    });
    far.on('end', () => near.end());
  }

  private corrupt(bytes: Buffer, before: number, passed: number, every: number): void {
    for (let at = Math.ceil(before / every) * every; at < passed; at += every) {
      if (at === 0) continue; // the head of an answer stays what it is
      bytes[at - before]! ^= 0xff;
      this.harmed += 1;
    }
  }

  /** Packet by packet, so that all connections get on in turns. */
  private async drip(from: Socket, to: Socket, bytes: Buffer, rate: number, way: 'up' | 'down'): Promise<void> {
    from.pause();
    for (let at = 0; at < bytes.length; at += PACKET_BYTES) {
      const packet = bytes.subarray(at, at + PACKET_BYTES);
      const now = performance.now();
      this.promisedMs[way] = Math.max(now, this.promisedMs[way]) + (packet.length / rate) * 1_000;
      const waitMs = this.promisedMs[way] - now;
      if (waitMs > 1) await sleep(waitMs);
      if (to.destroyed) return;
      to.write(packet);
    }
    from.resume();
  }

  private swallow(near: Socket): void {
    this.sockets.add(near);
    near.on('error', () => near.destroy());
    near.on('close', () => this.sockets.delete(near));
    near.resume();
  }
}
