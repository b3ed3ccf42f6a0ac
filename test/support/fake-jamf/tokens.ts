import { randomUUID } from 'node:crypto';
import { type Answer, empty, fault, json, page } from './answers.js';
import type { Knobs } from './knobs.js';

interface Session {
  endsMs: number;
  /** Null: all. */
  readonly privileges: readonly string[] | null;
  /** Client id, or name of the account. */
  readonly client: string;
}

/** Who may sign in, with what, and what they may do. */
export class FakeTokens {
  readonly clients = new Map<string, { secret: string; privileges: readonly string[] | null }>();
  readonly users = new Map<string, string>();
  private readonly sessions = new Map<string, Session>();

  constructor(private readonly knobs: Knobs) {}

  /** The form of an API client; older servers know only the second address. */
  ofClient(path: string, form: URLSearchParams): Answer {
    if (path.includes('/v1/') && !this.knobs.v1oauth) return fault(404, 'NOT_FOUND', 'Not Found');
    if (form.get('grant_type') !== 'client_credentials') return json(400, { error: 'unsupported_grant_type' });
    const client = this.clients.get(form.get('client_id') ?? '');
    if (client?.secret !== form.get('client_secret')) return json(this.knobs.wrongSecretStatus, { error: 'invalid_client' });
    const token = this.begin(form.get('client_id') ?? '', client?.privileges ?? null);
    return json(200, { access_token: token, scope: 'api-role:1', token_type: 'Bearer', expires_in: this.knobs.tokenSeconds });
  }

  ofUser(authorization: string): Answer {
    const [name = '', password] = Buffer.from(authorization.replace(/^Basic /i, ''), 'base64')
      .toString()
      .split(/:(.*)/s);
    if (password === undefined || this.users.get(name) !== password) return fault(401, 'INVALID_CREDENTIALS', 'Unauthorized');
    const token = this.begin(name, null);
    return json(200, { token, expires: new Date(this.sessions.get(token)!.endsMs).toISOString() });
  }

  /** The session of a request, or the answer that refuses it. */
  sessionOf(authorization: string, path: string): Session | Answer {
    const token = authorization.replace(/^Bearer /i, '');
    const session = this.sessions.get(token);
    const isOver = this.knobs.expireNow || !session || session.endsMs < Date.now();
    this.knobs.expireNow = false;
    if (!isOver) return session;
    this.sessions.delete(token);
    return path.startsWith('/JSSResource/') ? page(401, 'Unauthorized') : fault(401, 'INVALID_TOKEN', 'Unauthorized');
  }

  keepAlive(session: Session, authorization: string): Answer {
    session.endsMs = Date.now() + this.knobs.tokenSeconds * 1_000;
    return json(200, { token: authorization.replace(/^Bearer /i, ''), expires: new Date(session.endsMs).toISOString() });
  }

  end(authorization: string): Answer {
    this.sessions.delete(authorization.replace(/^Bearer /i, ''));
    return empty(204);
  }

  /** Who sent a request; empty for one without a token that is known. */
  clientOf(authorization: string): string {
    return this.sessions.get(authorization.replace(/^Bearer /i, ''))?.client ?? '';
  }

  private begin(client: string, privileges: readonly string[] | null): string {
    const token = randomUUID();
    this.sessions.set(token, { endsMs: Date.now() + this.knobs.tokenSeconds * 1_000, privileges, client });
    return token;
  }
}

/** Jamf Pro does not say which privilege is missing. */
export const refusalOf = ({ privileges }: Session, privilege: string): Answer | null =>
  privileges === null || privileges.includes(privilege) ? null : fault(403, 'INVALID_PRIVILEGE', 'Forbidden');
