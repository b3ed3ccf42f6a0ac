/** One message of a stream of server-sent events. */
export interface Message {
  readonly id: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
}

/** Reads a stream as a browser does (WHATWG HTML, section 9.2). */
export class EventReader {
  readonly messages: Message[] = [];
  lastId = '';
  isEnded = false;
  private readonly abort = new AbortController();

  private constructor(readonly response: Response) {}

  static async open(url: string, token: string, lastEventId?: string): Promise<EventReader> {
    const abort = new AbortController();
    const headers = { authorization: `Bearer ${token}`, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) };
    const response = await fetch(`${url}/api/admin/events`, { headers, signal: abort.signal });
    const reader = new EventReader(response);
    reader.abort.signal.addEventListener('abort', () => abort.abort());
    void reader.read().catch(() => undefined); // the test closed it
    return reader;
  }

  /** Of what happened, without the state of transfers. */
  get events(): Message[] {
    return this.messages.filter(({ type }) => type !== 'transfers');
  }

  close(): void {
    this.abort.abort();
  }

  private async read(): Promise<void> {
    let text = '';
    for await (const piece of this.response.body!.pipeThrough(new TextDecoderStream())) {
      text += piece;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        this.take(text.slice(0, end));
        text = text.slice(end + 2);
      }
    }
    this.isEnded = true;
  }

  private take(block: string): void {
    const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]));
    this.lastId = fields.get('id') ?? this.lastId;
    const data = fields.get('data');
    if (data === undefined) return;
    this.messages.push({ id: this.lastId, type: fields.get('event')!, data: JSON.parse(data) as Record<string, unknown> });
  }
}
