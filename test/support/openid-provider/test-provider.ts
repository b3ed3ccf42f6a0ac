import type { Child } from '../child.mjs';
import { freePort } from '../services.js';
import { startTypescript } from '../typescript-process.js';
import { firstKnobs, type Knobs } from './knobs.js';

const START_TIMEOUT_MS = 60_000;

/** A real OpenID provider (oidc-provider) as a process of its own, at an address that is another site for browsers. */
export class TestProvider {
  private process: Child | null = null;

  private constructor(private readonly port: number) {}

  static async start(): Promise<TestProvider> {
    const provider = new TestProvider(await freePort());
    await provider.start();
    return provider;
  }

  get issuer(): string {
    return `http://localhost:${this.port}`;
  }

  async start(): Promise<void> {
    const child = startTypescript(new URL('./provider.process.ts', import.meta.url), [String(this.port)]);
    this.process = child;
    const ready = (): Promise<void> => {
      if (!child.output.includes('provider ready')) throw new Error('no word of it yet');
      return Promise.resolve();
    };
    await child.waitUntil(ready, START_TIMEOUT_MS);
  }

  async stop(): Promise<void> {
    await this.process?.stop('SIGKILL');
  }

  async set(knobs: Partial<Knobs>): Promise<void> {
    await this.control(knobs);
  }

  /** As it was at first, but for where ODS is. */
  async reset({ redirectUris }: Pick<Knobs, 'redirectUris'>): Promise<void> {
    await this.control({ ...firstKnobs, redirectUris });
  }

  /** Other keys, under other names; the earlier ones are gone. */
  async rotateKeys(): Promise<void> {
    await this.control({ rotate: true });
  }

  /** Every request so far: `GET /jwks`. */
  async requests(): Promise<string[]> {
    return (await (await fetch(`${this.issuer}/control`)).json()) as string[];
  }

  private async control(body: object): Promise<void> {
    const { ok } = await fetch(`${this.issuer}/control`, { method: 'POST', body: JSON.stringify(body) });
    if (!ok) throw new Error('The provider did not take that.');
  }
}
