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

/** What is sent, and as what. */
export interface WebhookBody {
  readonly contentType: string;
  readonly body: string;
}

export interface Sender {
  readonly iss: string;
  readonly name: string;
}

/** Names of packages and servers are what people wrote: in Slack `<!channel>` would call everybody (Slack, "Escaping text"). */
const slackText = (plain: string): string => plain.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
/** The same for the Markdown of adaptive cards: `[here](https://…)` would be a link. */
const cardText = (plain: string): string => plain.replace(/[\\`*_[\]()~#>|]/g, (sign) => `\\${sign}`);

const MOST_FACTS = 12;

/** An adaptive card in a message, as the workflow "Post to a channel when a webhook request is received" of Microsoft Teams takes it. */
function teamsCard(message: Message, server: Sender): object {
  const facts = Object.entries(message.data)
    .filter(([name, value]) => name !== 'message' && value !== null && value !== undefined)
    .slice(0, MOST_FACTS)
    .map(([name, value]) => ({ title: name.replaceAll('_', ' '), value: cardText(text(value).slice(0, 500)) }));
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      { type: 'TextBlock', text: cardText(sentence(message, server.name)), wrap: true, weight: 'Bolder' },
      ...(facts.length === 0 ? [] : [{ type: 'FactSet', facts }]),
    ],
  };
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }] };
}

/** CloudEvents 1.0 in the structured mode of its HTTP binding. */
function cloudEvent({ type, createdMs, data }: Message, server: Sender, id: string): object {
  const subject = text(data['filename']) || text(data['name']) || text(data['peer']);
  return {
    ...{ specversion: '1.0', id, source: `urn:ods:server:${server.iss}`, type: `org.opendistribution.ods.${type}` },
    ...(subject === '' ? {} : { subject }),
    ...{ time: new Date(createdMs).toISOString(), datacontenttype: 'application/json', data: { ...data, server: server.name } },
  };
}

/** The body of a delivery with that id, in the words of its receiver. */
export function bodyOf(message: Message, format: WebhookFormat, server: Sender, id: string): WebhookBody {
  const { type, createdMs, data } = message;
  const json = (value: object, contentType = 'application/json') => ({ contentType, body: JSON.stringify(value) });
  switch (format) {
    case 'slack':
      return json({ text: slackText(sentence(message, server.name)) });
    case 'teams':
      return json(teamsCard(message, server));
    case 'cloudevents':
      return json(cloudEvent(message, server, id), 'application/cloudevents+json');
    case 'standard':
      return json({ type, timestamp: new Date(createdMs).toISOString(), server: { iss: server.iss, name: server.name }, data });
  }
}
