interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Far more than a working mesh needs: an endless exchange is stopped here. */
const MAX_UNDER_WAY = 3_000;

/** What is going to happen, in the order of its time; at the same time, in the order in which it was asked for. Times are in milliseconds. */
export class EventQueue {
  private readonly events: Event[] = [];
  private time = 1_000_000;
  private order = 0;

  get now(): number {
    return this.time;
  }

  after(delayMs: number, run: () => void): void {
    if (this.events.length >= MAX_UNDER_WAY) throw new Error('Messages beget messages without end.');
    this.events.push({ at: this.time + delayMs, order: (this.order += 1), run });
  }

  /** Lets the next event happen; false when there is none until `end`. */
  step(end: number): boolean {
    const event = this.pop();
    if (event === undefined || event.at > end) return false;
    this.time = event.at;
    event.run();
    return true;
  }

  private pop(): Event | undefined {
    let first = 0;
    for (let index = 1; index < this.events.length; index += 1) {
      const [a, b] = [this.events[index]!, this.events[first]!];
      if (a.at < b.at || (a.at === b.at && a.order < b.order)) first = index;
    }
    const event = this.events[first];
    const last = this.events.pop();
    if (last && last !== event) this.events[first] = last;
    return event;
  }
}
