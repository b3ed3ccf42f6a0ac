import type { Entry } from '#libs/replication/entry.js';
import { stages } from '#libs/replication/stage.js';
import { EventQueue } from './event-queue.js';
import { Random } from './random.js';
import type { Rules } from './rules.js';
import { SimServer, type SimPage } from './sim-server.js';

interface Node {
  readonly server: SimServer;
  /** Rises with each crash: what was under way before it is forgotten. */
  life: number;
  isUp: boolean;
}

const NAMES = ['a.pkg', 'b.dmg', 'c.msi', 'd.exe'];
const STORM_MS = 60_000;
const QUIET_MS = 600_000;
/** Far more than a working mesh needs: an endless exchange is stopped here. */
const MAX_EVENTS = 60_000;
const RECONCILE_MS = 20_000;
const TIMEOUT_MS = 3_000;

const indexOf = (iss: string): number => parseInt(iss, 16);
const linkOf = (a: number, b: number): string => (a < b ? `${a}-${b}` : `${b}-${a}`);

/** N servers under one seeded scheduler that drops, doubles, delays, reorders, partitions and crashes (MESH §10). */
export class SimMesh {
  readonly nodes: Node[] = [];
  /** The newest acknowledged write of each name. */
  readonly acknowledged = new Map<string, Entry[]>();
  readonly counts = { events: 0, messages: 0, dropped: 0, crashes: 0, writes: 0 };
  private readonly random: Random;
  private readonly queue = new EventQueue();
  private readonly cut = new Set<string>();
  private isStorm = true;

  constructor(seed: number, rules: Rules) {
    this.random = new Random(seed);
    const size = 3 + this.random.below(10);
    for (let index = 0; index < size; index += 1) {
      const skewMs = this.random.chance(0.5) ? 0 : this.random.below(480_000) - 240_000;
      const stage = this.random.chance(0.5) ? 'Dev' : this.random.pick(stages);
      const iss = index.toString(16).padStart(32, '0');
      this.nodes.push({ server: new SimServer(iss, this.random.hex(32), stage, skewMs, rules), life: 0, isUp: true });
    }
    this.connect();
  }

  /** A storm, then quiet in which everything must come to rest. Throws when a promise is broken. */
  run(): void {
    for (let index = 0; index < this.nodes.length; index += 1) this.every(RECONCILE_MS, index, () => this.reconcile(index));
    for (let at = 0; at < STORM_MS; at += 200 + this.random.below(1_500)) this.after(at, () => this.act());
    this.after(STORM_MS, () => this.calm());
    const end = this.now + STORM_MS + QUIET_MS;
    while (this.counts.events < MAX_EVENTS && this.queue.step(end)) {
      this.counts.events += 1;
      for (const { server } of this.nodes) server.check();
      if (!this.isStorm && this.counts.events % 8 === 0 && this.isSettled()) return;
    }
    throw new Error(`The mesh did not come to rest: ${this.difference()}`);
  }

  // --- the world ---

  private connect(): void {
    for (let index = 1; index < this.nodes.length; index += 1) this.register(index, this.random.below(index));
    const more = this.random.below(this.nodes.length);
    for (let link = 0; link < more; link += 1) {
      const [a, b] = [this.random.below(this.nodes.length), this.random.below(this.nodes.length)];
      if (a !== b) this.register(a, b);
    }
  }

  private register(a: number, b: number): void {
    const [left, right] = [this.nodes[a]!.server, this.nodes[b]!.server];
    if (left.peers.has(right.iss)) return;
    left.register(right.iss);
    right.register(left.iss);
  }

  private act(): void {
    const dice = this.random.next();
    const index = this.random.below(this.nodes.length);
    if (dice < 0.62) this.writeSomething(index);
    else if (dice < 0.72) this.crash(index);
    else if (dice < 0.86) this.cut.add(linkOf(index, this.random.below(this.nodes.length)));
    else this.cut.clear();
  }

  private writeSomething(index: number): void {
    const node = this.nodes[index]!;
    if (!node.isUp) return;
    const { server } = node;
    const filename = this.random.pick(NAMES);
    const current = server.rows.get(filename)?.entry ?? null;
    const isPresent = current !== null && !current.deleted;
    const deed = isPresent ? this.random.pick(['replace', 'delete', 'stage', 'stage'] as const) : 'upload';
    if (deed === 'delete') return this.acknowledge(index, server.write(filename, { ...current!, deleted: true }, this.now));
    if (deed === 'stage')
      return this.acknowledge(index, server.write(filename, { ...current!, stage: this.random.pick(stages) }, this.now));
    const uuid = this.random.hex(32);
    server.orphans.add(uuid); // on disk, and no transaction yet
    if (this.random.chance(0.1)) return this.crash(index);
    const content = { size: 1, sha1: uuid.slice(0, 8).repeat(5), sha256: uuid.repeat(2), manifestSha256: uuid.repeat(2) };
    const draft = {
      filename,
      uuid,
      deleted: false,
      ...content,
      stage: this.random.pick(stages),
      notes: null,
      root: null,
      createdMs: this.now,
      originIss: server.iss,
    };
    this.acknowledge(index, server.write(filename, draft, this.now));
  }

  private acknowledge(index: number, entry: Entry): void {
    this.counts.writes += 1;
    this.acknowledged.set(entry.filename, [...(this.acknowledged.get(entry.filename) ?? []), entry]);
    this.pushToAll(index);
  }

  private crash(index: number): void {
    const node = this.nodes[index]!;
    if (!node.isUp) return;
    this.counts.crashes += 1;
    node.isUp = false;
    node.life += 1;
    this.after(500 + this.random.below(8_000), () => this.restart(index));
  }

  private restart(index: number): void {
    const node = this.nodes[index]!;
    node.isUp = true;
    node.server.reconcile();
    this.reconcile(index);
  }

  private calm(): void {
    this.isStorm = false;
    this.cut.clear();
    for (let index = 0; index < this.nodes.length; index += 1) if (!this.nodes[index]!.isUp) this.restart(index);
  }

  // --- what a server does ---

  private reconcile(index: number): void {
    const { server } = this.nodes[index]!;
    for (const iss of server.peers.keys()) {
      this.push(index, indexOf(iss));
      this.pull(index, indexOf(iss), server.peers.get(iss)!.pulled, false);
    }
    for (const uuid of server.wanted()) this.fetch(index, uuid, 0);
  }

  private pushToAll(index: number): void {
    for (const iss of this.nodes[index]!.server.peers.keys()) this.push(index, indexOf(iss));
  }

  private push(index: number, to: number): void {
    const { server } = this.nodes[index]!;
    const page = server.pageFor(this.nodes[to]!.server.iss);
    if (page.items.length === 0) return;
    this.call(
      index,
      to,
      () => this.receive(to, page),
      ({ epoch }) => {
        server.acknowledge(this.nodes[to]!.server.iss, epoch, page.next);
        this.push(index, to);
      },
    );
  }

  private receive(index: number, page: SimPage): { epoch: string } {
    const { server } = this.nodes[index]!;
    const { changed } = server.merge(page.items, this.now);
    this.follow(index, page, changed);
    return { epoch: server.epoch };
  }

  private pull(index: number, from: number, position: { epoch: string | null; seq: number }, hasGap: boolean): void {
    const { server } = this.nodes[index]!;
    const other = this.nodes[from]!.server;
    this.call(
      index,
      from,
      () => other.page(position.seq),
      (page) => {
        const next = server['rules'].positionAfter(position, page);
        const isRestart = next.seq < position.seq;
        const { isIncomplete, changed } = isRestart ? { isIncomplete: false, changed: 0 } : server.merge(page.items, this.now);
        const gap = hasGap || isIncomplete;
        if (!gap) server.peers.get(other.iss)!.pulled = next;
        if (!isRestart) this.follow(index, page, changed);
        if (isRestart || next.seq !== position.seq) this.pull(index, from, next, gap);
      },
    );
  }

  private follow(index: number, page: SimPage, changed: number): void {
    const { server } = this.nodes[index]!;
    if (changed > 0) this.pushToAll(index);
    const offered = new Set(page.items.filter(({ held }) => held).map(({ entry }) => entry.uuid));
    for (const uuid of server.wanted()) if (changed > 0 || offered.has(uuid)) this.fetch(index, uuid, 0);
  }

  private fetch(index: number, uuid: string, attempt: number): void {
    const { server } = this.nodes[index]!;
    const sources = [...server.peers.keys()];
    if (attempt >= sources.length) return; // waits for news or the timer
    const source = indexOf(sources[(attempt + index) % sources.length]!);
    this.call(
      index,
      source,
      () => this.nodes[source]!.server.has(uuid),
      (hasIt) => {
        if (server.has(uuid)) return;
        if (!hasIt) return this.fetch(index, uuid, attempt + 1);
        server.orphans.add(uuid);
        if (this.isStorm && this.random.chance(0.1)) return this.crash(index);
        if (server.gained(uuid)) this.pushToAll(index);
      },
    );
  }

  // --- the network and time ---

  /** A request and its answer; either may be lost, late or doubled. Neither side hears of it after its own crash. */
  private call<Answer>(from: number, to: number, serve: () => Answer, use: (answer: Answer) => void): void {
    const { life } = this.nodes[from]!;
    this.deliver(from, to, () => {
      if (!this.nodes[to]!.isUp) return;
      const answer = serve();
      this.deliver(to, from, () => {
        if (this.nodes[from]!.isUp && this.nodes[from]!.life === life) use(answer);
      });
    });
  }

  private deliver(from: number, to: number, run: () => void): void {
    this.counts.messages += 1;
    const copies = this.isStorm && this.random.chance(0.15) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const isLost = this.isStorm && (this.random.chance(0.2) || this.cut.has(linkOf(from, to)));
      if (isLost) this.counts.dropped += 1;
      else this.after(1 + this.random.below(this.isStorm && this.random.chance(0.1) ? TIMEOUT_MS : 80), run);
    }
  }

  private every(periodMs: number, index: number, run: () => void): void {
    this.after(Math.floor(periodMs * (0.9 + 0.2 * this.random.next())), () => {
      if (this.nodes[index]!.isUp) run();
      this.every(periodMs, index, run);
    });
  }

  private after(delayMs: number, run: () => void): void {
    this.queue.after(delayMs, run);
  }

  private get now(): number {
    return this.queue.now;
  }

  // --- what must be true at the end ---

  private catalogs(): string[] {
    return this.nodes.map(({ server }) =>
      JSON.stringify([...server.rows].map(([, { entry }]) => entry).sort((a, b) => (a.filename < b.filename ? -1 : 1))),
    );
  }

  private isSettled(): boolean {
    const [first, ...others] = this.catalogs();
    return others.every((catalog) => catalog === first) && this.nodes.every(({ server }) => this.hasAllItCan(server));
  }

  /** Everything admitted is here that any of its peers could give: those between may not admit it (MESH §5). */
  private hasAllItCan(server: SimServer): boolean {
    return this.lacking(server).length === 0;
  }

  private lacking(server: SimServer): string[] {
    const peers = [...server.peers.keys()].map((iss) => this.nodes[indexOf(iss)]!.server);
    return server.wanted().filter((uuid) => peers.some((peer) => peer.has(uuid)));
  }

  private difference(): string {
    const lacking = this.nodes.flatMap(({ server }) =>
      this.lacking(server).map((uuid) => `${server.iss.slice(-2)} lacks ${uuid.slice(0, 6)}`),
    );
    return `${new Set(this.catalogs()).size} different catalogs; ${lacking.join(', ') || 'no content is lacking'}.`;
  }
}
