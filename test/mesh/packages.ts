import { createHash, randomBytes } from 'node:crypto';
import { eventually } from '../support/eventually.js';
import type { TestServer } from '../support/test-server.js';

export interface Listed {
  readonly id: number;
  readonly filename: string;
  readonly stage: string;
  readonly status: string;
  readonly sha256: string;
  readonly uuid: string;
}

export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
export const someBytes = (length: number): Buffer<ArrayBuffer> => Buffer.from(new Uint8Array(randomBytes(length)));

export const packagesOf = async (server: TestServer): Promise<Listed[]> =>
  (await server.ok<{ items: Listed[] }>('GET', '/api/admin/packages?limit=500')).items;

/** What must be the same everywhere: names, contents and stages. */
export const catalogOf = async (server: TestServer): Promise<string[]> =>
  (await packagesOf(server)).map(({ filename, uuid, stage }) => `${filename} ${uuid} ${stage}`);

/** Waits until the package has this state there. */
export const hasState = (server: TestServer, filename: string, status: string, timeoutMs = 60_000): Promise<Listed> =>
  eventually(
    async () => {
      const found = (await packagesOf(server)).find((row) => row.filename === filename);
      if (found?.status !== status)
        throw new Error(`${server.name}: ${filename} is ${found?.status ?? 'unknown'}, not ${status}.\n${server.logs.slice(-2_000)}`);
      return found;
    },
    { timeoutMs },
  );

/** Waits until the name is gone there. */
export const isGone = (server: TestServer, filename: string, timeoutMs = 60_000): Promise<void> =>
  eventually(
    async () => {
      if ((await packagesOf(server)).some((row) => row.filename === filename)) throw new Error(`${server.name} still has ${filename}.`);
    },
    { timeoutMs },
  );
