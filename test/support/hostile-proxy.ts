import net, { type AddressInfo, type Socket } from 'node:net';

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
  /** Lets so many bytes a second pass, all connections together. */
  | { readonly kind: 'throttle'; readonly rate: number }
  /** Nobody gets through. */
  | { readonly kind: 'partition' };

/** A TCP line to a server that does harm to what comes back over it; small messages get through, so that the API still works. */
export class HostileProxy {
  hostility: Hostility = { kind: 'none' };
  /** Bytes of connections that were harmed. */
  harmed = 0;
  private readonly sockets = new Set<Socket>();
  private promisedMs = 0;
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
    near.pipe(far);
    this.harm(near, far);
  }

  private harm(near: Socket, far: Socket): void {
    let passed = 0;
    far.on('data', (bytes: Buffer) => {
      const { hostility } = this;
      const before = passed;
      passed += bytes.length;
      if ('after' in hostility && passed > hostility.after) {
        this.harmed += 1;
        if (hostility.kind === 'reset') near.resetAndDestroy();
        else if (hostility.kind === 'truncate') near.end(bytes.subarray(0, Math.max(0, hostility.after - before)));
        else far.pause(); // stall: nothing more is ever said
        return;
      }
      if (hostility.kind === 'corrupt') this.corrupt(bytes, before, passed, hostility.every);
      const isTaken = near.write(bytes);
      const waitMs = hostility.kind === 'throttle' ? this.waitFor(bytes.length, hostility.rate) : 0;
      if (isTaken && waitMs === 0) return;
      far.pause();
      const goOn = (): void => void far.resume();
      if (waitMs > 0) setTimeout(goOn, waitMs);
      else near.once('drain', goOn);
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

  private waitFor(bytes: number, rate: number): number {
    const now = Date.now();
    this.promisedMs = Math.max(now, this.promisedMs) + (bytes / rate) * 1_000;
    return Math.round(this.promisedMs - now);
  }
}
