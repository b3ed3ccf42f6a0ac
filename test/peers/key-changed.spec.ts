import { DomainEvent } from '#libs/entities/domain-event.entity.js';
import { eventTypes } from '#libs/events/event-types.js';
import { Database } from '#libs/platform/database/database.js';
import { sha256Hex } from '#libs/platform/crypto/digest.js';
import { AuthorKeys } from '#libs/trust/author-keys.js';
import { introduce } from '#libs/trust/key-introduction.js';
import { PeerRegister } from '#libs/peers/peer-registry.js';
import { newHexId, newKeyPair } from '../support/foreign-peer.js';
import { Site } from '../support/site.js';

describe('the event server.key_changed', () => {
  let site: Site;
  const changes = async (): Promise<Record<string, unknown>[]> => {
    const { manager } = site.server.app.get(Database);
    const rows = await manager.find(DomainEvent, { where: { type: 'server.key_changed' }, order: { id: 'ASC' } });
    return rows.map(({ data }) => data as Record<string, unknown>);
  };
  beforeAll(async () => {
    site = await Site.start('Judge', { settings: {} });
  });
  afterAll(() => site.server.stop());

  it('has one shape, whoever came with the key and however it was judged', async () => {
    const registry = site.server.app.get(PeerRegister);
    const authors = site.server.app.get(AuthorKeys);
    const [first, second, third] = [newKeyPair(), newKeyPair(), newKeyPair()];
    const iss = newHexId();
    const record = { ...{ iss, name: 'Example', url: 'http://127.0.0.1:9', stage: 'Prod' as const, firewalledMode: false } };
    await registry.enter({ ...record, publicKey: first.publicKey });
    await registry.noteKeyChange({ ...record, publicKey: second.publicKey });
    await registry.enter({ ...record, publicKey: second.publicKey }, { mayChangeKey: true });
    const peer = { iss, name: 'Example', publicKey: second.publicKey };
    const [strange, later] = [newHexId(), newHexId()];
    await authors.take(peer, [
      introduce(strange, first.publicKey, second.privateKey),
      introduce(later, third.publicKey, second.privateKey),
    ]);
    await authors.take(peer, [introduce(strange, third.publicKey, second.privateKey)]);
    await authors.pin([{ iss: later, name: 'Later', publicKey: first.publicKey }]);
    expect(await changes()).toEqual([
      { iss, name: 'Example', key_id: sha256Hex(second.publicKey), introduced_by: null, accepted: false },
      { iss, name: 'Example', key_id: sha256Hex(second.publicKey), introduced_by: null, accepted: true },
      { iss: strange, name: null, key_id: sha256Hex(third.publicKey), introduced_by: iss, accepted: false },
      { iss: later, name: 'Later', key_id: sha256Hex(third.publicKey), introduced_by: iss, accepted: false },
    ]);
    const shape = Object.keys(eventTypes['server.key_changed'].example);
    for (const data of await changes()) expect(Object.keys(data)).toEqual(shape);
  });
});
