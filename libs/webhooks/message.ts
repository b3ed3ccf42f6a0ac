import type { WebhookFormat } from '#libs/entities/webhook.entity.js';

export interface Message {
  readonly type: string;
  readonly createdMs: number;
  readonly data: Readonly<Record<string, unknown>>;
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value);

/** One line for people: `package.synced: NoMAD.pkg (stage Prod)`. */
function sentence({ type, data }: Message, server: string): string {
  const { filename, name, reason, stage, peer, packages, message } = data;
  if (typeof message === 'string') return `${server}: ${message}`;
  const subject = text(filename) || text(name) || text(peer);
  const more = [
    ...(stage === undefined ? [] : [`stage ${text(stage)}`]),
    ...(packages === undefined ? [] : [`${text(packages)} packages`]),
    ...(reason === undefined ? [] : [text(reason)]),
  ];
  return `${server}: ${type}${subject ? ` ${subject}` : ''}${more.length > 0 ? ` (${more.join(', ')})` : ''}`;
}

/** The body of a delivery: Standard Webhooks, or what Slack, Mattermost and Teams understand. */
export function bodyOf(message: Message, format: WebhookFormat, server: { readonly iss: string; readonly name: string }): string {
  if (format === 'slack') return JSON.stringify({ text: sentence(message, server.name) });
  const { type, createdMs, data } = message;
  return JSON.stringify({ type, timestamp: new Date(createdMs).toISOString(), server: { iss: server.iss, name: server.name }, data });
}
