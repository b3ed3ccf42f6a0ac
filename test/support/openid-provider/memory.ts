import type { Adapter, AdapterPayload } from 'oidc-provider';

const kept = new Map<string, AdapterPayload>();

/** What the provider remembers, also when it is built anew with other keys: its own memory begins empty each time. */
export class Memory implements Adapter {
  constructor(private readonly model: string) {}

  upsert(id: string, payload: AdapterPayload): Promise<void> {
    kept.set(`${this.model} ${id}`, payload);
    return Promise.resolve();
  }

  find(id: string): Promise<AdapterPayload | undefined> {
    return Promise.resolve(kept.get(`${this.model} ${id}`));
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    const found = [...kept].find(([key, payload]) => key.startsWith(`${this.model} `) && payload.uid === uid);
    return Promise.resolve(found?.[1]);
  }

  findByUserCode(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async consume(id: string): Promise<void> {
    const payload = await this.find(id);
    if (payload) payload.consumed = Math.floor(Date.now() / 1_000);
  }

  destroy(id: string): Promise<void> {
    kept.delete(`${this.model} ${id}`);
    return Promise.resolve();
  }

  revokeByGrantId(grantId: string): Promise<void> {
    for (const [key, payload] of kept) if (key.startsWith(`${this.model} `) && payload.grantId === grantId) kept.delete(key);
    return Promise.resolve();
  }
}
