/** What another server's administrator needs to register with this one. */
export interface Invitation {
  readonly url: string;
  readonly iss_id: string;
  readonly key: string;
}

const PREFIX = 'ods-invite:';

/** One text that carries all three, for a chat or a mail. */
export function writeInvitation(invitation: Invitation): string {
  const bytes = new TextEncoder().encode(JSON.stringify(invitation));
  return (
    PREFIX +
    btoa(String.fromCharCode(...bytes))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replace(/=+$/, '')
  );
}

/** Null when the text is not an invitation. */
export function readInvitation(text: string): Invitation | null {
  const match = /ods-invite:([\w-]+)/.exec(text);
  if (!match) return null;
  try {
    const binary = atob(match[1]!.replaceAll('-', '+').replaceAll('_', '/'));
    const parsed = JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (sign) => sign.charCodeAt(0)))) as Partial<Invitation>;
    const { url, iss_id, key } = parsed;
    return typeof url === 'string' && typeof iss_id === 'string' && typeof key === 'string' ? { url, iss_id, key } : null;
  } catch {
    return null;
  }
}
