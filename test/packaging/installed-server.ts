import type { Child } from '../support/child.mjs';
import { ADMIN } from '../support/test-server.js';

/** What a server needs beside its installation to be tried on loopback, by an administrator whose password is known. */
export const settingsOn = (port: number): Record<string, string> => ({
  ...{ PORT: String(port), HOST: '127.0.0.1', ADMIN_PASSWORD: ADMIN.password, DISK_RESERVE_BYTES: '1M' },
});

/** Resolves when the server is ready; rejects when its process ends before. */
export async function whenReady(child: Child, server: string): Promise<void> {
  await child.waitUntil(async () => {
    const response = await fetch(`${server}/readyz`);
    if (!response.ok) throw new Error(await response.text());
  }, 60_000);
}

/** A token of the administrator. */
export async function signIn(server: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${server}/api/admin/auth/login`, { method: 'POST', headers, body: JSON.stringify(ADMIN) });
  return ((await response.json()) as { access_token: string }).access_token;
}
