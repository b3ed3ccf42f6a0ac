import { bodyOf } from './message.js';

const server = { iss: 'e7becdda9a9046f6a78f69ef591e9835', name: 'Berlin' };
const synced = {
  type: 'package.synced',
  createdMs: Date.UTC(2039, 0, 2, 3, 4, 5),
  data: { filename: 'NoMAD.pkg', stage: 'Prod', size: 5 },
};
const parsed = (message: Parameters<typeof bodyOf>[0], format: Parameters<typeof bodyOf>[1]) => {
  const { contentType, body } = bodyOf(message, format, server, 'msg_1');
  return { contentType, json: JSON.parse(body) as Record<string, unknown> };
};

describe('messages of webhooks', () => {
  it('are Standard Webhooks for programs, also past 2038', () => {
    expect(parsed(synced, 'standard')).toEqual({
      contentType: 'application/json',
      json: { type: 'package.synced', timestamp: '2039-01-02T03:04:05.000Z', server, data: synced.data },
    });
  });

  it('are CloudEvents 1.0 in the structured mode', () => {
    expect(parsed(synced, 'cloudevents')).toEqual({
      contentType: 'application/cloudevents+json',
      json: {
        specversion: '1.0',
        id: 'msg_1',
        source: `urn:ods:server:${server.iss}`,
        type: 'org.opendistribution.ods.package.synced',
        subject: 'NoMAD.pkg',
        time: '2039-01-02T03:04:05.000Z',
        datacontenttype: 'application/json',
        data: { ...synced.data, server: 'Berlin' },
      },
    });
  });

  it('are an adaptive card for Teams', () => {
    const { contentType, json } = parsed(synced, 'teams');
    const [card] = json['attachments'] as [
      { contentType: string; content: { type: string; body: [{ text: string }, { facts: unknown[] }] } },
    ];
    expect([contentType, json['type'], card.contentType, card.content.type]).toEqual([
      'application/json',
      'message',
      'application/vnd.microsoft.card.adaptive',
      'AdaptiveCard',
    ]);
    expect(card.content.body[0].text).toBe('Berlin: package.synced NoMAD.pkg \\(stage Prod\\)');
    expect(card.content.body[1].facts).toContainEqual({ title: 'stage', value: 'Prod' });
    expect(JSON.stringify(json).length).toBeLessThan(28_000); // more is refused there
  });

  it.each([
    ['slack', '<!channel> & <https://evil.example|here>', '&lt;!channel&gt; &amp; &lt;https://evil.example|here&gt;'],
    ['teams', '[here](https://evil.example) **now**', '\\[here\\]\\(https://evil.example\\) \\*\\*now\\*\\*'],
  ] as const)('let no name speak the language of %s', (format, name, shown) => {
    expect(bodyOf({ ...synced, data: { name } }, format, server, 'msg_1').body).toContain(JSON.stringify(shown).slice(1, -1));
  });
});
