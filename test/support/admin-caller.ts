/** A browser or a script: keeps the refresh cookie, and remembers its access token. */
export class AdminCaller {
  token = '';
  cookie = '';

  constructor(private readonly url: string) {}

  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const response = await fetch(`${this.url}/api/admin/${path}`, {
      method,
      headers: {
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...(this.cookie ? { cookie: this.cookie } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const set = response.headers.getSetCookie().find((line) => line.startsWith('ods_refresh'));
    if (set) this.cookie = set.split(';')[0]!;
    return response;
  }

  async signIn(credentials: { username: string; password: string }): Promise<Record<string, unknown>> {
    const response = await this.send('POST', 'auth/login', credentials);
    const body = (await response.json()) as Record<string, unknown>;
    expect(response.status).toBe(200);
    this.token = body['access_token'] as string;
    return body;
  }

  async refresh(): Promise<Response> {
    const response = await this.send('POST', 'auth/refresh');
    if (response.ok) this.token = ((await response.clone().json()) as { access_token: string }).access_token;
    return response;
  }
}

/** The problem document of a refused call. */
export const problem = async (response: Response) => {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  return (await response.json()) as {
    type: string;
    status: number;
    detail: string;
    errors?: { pointer: string }[];
  };
};
