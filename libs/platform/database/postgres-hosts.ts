import type { DatabaseHost } from '../config/config.js';

/** How long a server may take to answer before the next one is tried, in milliseconds. */
const PATIENCE_MS = 5_000;

/** What is used of the client of PostgreSQL's driver. */
export interface PostgresClient {
  host: string;
  port: number;
  connect(): Promise<unknown>;
  connect(callback: (error?: Error) => void): void;
  query(sql: string): Promise<{ rows: Readonly<Record<string, string>>[] }>;
  end(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}
type ClientClass = new (settings: object) => PostgresClient;

/** `cannot_connect_now`: a standby becomes a primary within moments, and is waited for. */
const NONE_WRITES = '57P03';

/** The pool hides the password among its settings: it is inherited, and would not be copied. */
const at = (settings: object, place: DatabaseHost): object =>
  Object.assign(Object.create(settings) as object, place, { connectionTimeoutMillis: PATIENCE_MS });

/** Whether this server answers, and does what is needed of it. Throws what it failed with. */
async function examine(client: PostgresClient, needsWrites: boolean): Promise<void> {
  client.on('error', () => undefined); // it also comes from `connect`
  try {
    await client.connect();
    if (!needsWrites) return;
    const { rows } = await client.query('SHOW transaction_read_only');
    if (rows[0]?.['transaction_read_only'] !== 'off')
      throw Object.assign(new Error(`${client.host}:${client.port} only reads`), { code: NONE_WRITES });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * A client that connects with the first of several servers that answers (and that takes writes, when `needsWrites`), beginning with the one of
 * the last time. Each new connection of a pool looks anew: after a failover it finds the server that took over.
 */
export function clientOfHosts(Plain: ClientClass, hosts: readonly DatabaseHost[], needsWrites: boolean): ClientClass {
  let last = hosts[0]!;
  const find = async (settings: object): Promise<DatabaseHost> => {
    let failure: unknown;
    for (const place of [last, ...hosts.filter((each) => each !== last)]) {
      try {
        await examine(new Plain(at(settings, place)), needsWrites);
        return (last = place);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  };
  return class extends Plain {
    constructor(private readonly settings: object) {
      super(settings);
    }

    override connect(): Promise<unknown>;
    override connect(callback: (error?: Error) => void): void;
    override connect(callback?: (error?: Error) => void): Promise<unknown> | void {
      const connected = find(this.settings).then(({ host, port }) => {
        Object.assign(this, { host, port });
        return super.connect();
      });
      if (!callback) return connected;
      connected.then(() => callback(), callback);
    }
  };
}
