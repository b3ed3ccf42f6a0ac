/** A value as a cluster keeps it: the node that took a write sees it at once, the others when the lag is over. */
interface Version<T> {
  readonly atMs: number;
  /** Null: known to all nodes at once. */
  readonly node: number | null;
  /** Null: deleted. */
  readonly value: T | null;
}

export class ReplicatedTable<T extends { readonly id: string }> {
  private readonly rows = new Map<string, Version<T>[]>();
  private lastId = 0;

  constructor(private readonly lagMs: () => number) {}

  nextId(): string {
    this.lastId += 1;
    return String(this.lastId);
  }

  write(id: string, value: T | null, node: number | null): void {
    this.rows.set(id, [...(this.rows.get(id) ?? []), { atMs: Date.now(), node, value }]);
  }

  seenBy(node: number, id: string): T | null {
    const isSeen = (each: Version<T>) => each.node === null || each.node === node || Date.now() - each.atMs >= this.lagMs();
    return this.rows.get(id)?.findLast(isSeen)?.value ?? null;
  }

  allSeenBy(node: number): T[] {
    return [...this.rows.keys()].map((id) => this.seenBy(node, id)).filter((value) => value !== null);
  }

  /** What is true once every node has everything. */
  get settled(): T[] {
    return [...this.rows.values()].map((versions) => versions.at(-1)!.value).filter((value) => value !== null);
  }

  clear(): void {
    this.rows.clear();
  }
}
