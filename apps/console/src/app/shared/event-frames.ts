/** One message of a stream of server-sent events. */
export interface EventFrame {
  /** Empty when it only moves the position on. */
  readonly type: string;
  readonly id: string | null;
}

/** Cuts a stream of server-sent events into messages; pieces may end anywhere. */
export class FrameCutter {
  private rest = '';

  cut(piece: string): EventFrame[] {
    const blocks = (this.rest + piece).split(/\r?\n\r?\n/);
    this.rest = blocks.pop() ?? '';
    return blocks.map(frameOf).filter((frame) => frame !== null);
  }
}

/** Null for what carries nothing: heartbeats and comments. */
function frameOf(block: string): EventFrame | null {
  const field = (name: string): string | null => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1]?.trim() ?? null;
  const [type, data, id] = [field('event'), field('data'), field('id')];
  if (type === null && data === null && id === null) return null;
  return { type: type ?? (data === null ? '' : 'message'), id };
}
