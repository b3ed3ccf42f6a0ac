import { Injectable } from '@nestjs/common';
import { type Identity, ServerIdentity } from '#libs/about/server-identity.js';
import { checkServerUrl } from '#libs/about/server-url.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { InvalidRequest } from '#libs/platform/errors/common.errors.js';
import { PeerClient } from '../client/peer-client.js';
import { BlockList } from '../blocking/block-list.js';
import { PeerAddressPolicy } from './peer-address.js';
import { KEY_PROOF_HEADER, proveKey } from './key-proof.js';
import { readRecord, recordOf, withSigning } from './peer-record.js';
import { isIss, PeerTokens, type TokenKey } from '../auth/peer-tokens.js';
import type { PeerRecord } from '../peer.repository.js';
import { PeerRegister } from '../peer-registry.js';
import {
  PeerAnswerInvalid,
  PeerClockSkewed,
  PeerRefused,
  PeerTokenRefused,
  PeerUnreachable,
  RegistrationImpossible,
  RegistrationRefused,
} from '../peers.errors.js';

export interface RegistrationInput {
  readonly url: string;
  readonly issId: string;
  readonly key: string;
}

/** The caller's half of MESH §8: this server's administrator enters another server's URL, ISS ID and key. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly identity: ServerIdentity,
    private readonly tokens: PeerTokens,
    private readonly client: PeerClient,
    private readonly registered: PeerRegister,
    private readonly addresses: PeerAddressPolicy,
    private readonly blocked: BlockList,
  ) {}

  async register(input: RegistrationInput): Promise<Peer> {
    const self = await this.identity.read();
    const { iss, url, key } = readInput(input);
    this.addresses.check(url);
    if (iss === self.iss) throw new RegistrationImpossible('This is the ISS ID of this server itself. Enter the one of the other server.');
    if (self.url === null && !self.firewalledMode) {
      throw new RegistrationImpossible("Set this server's name and URL first (under Admin): the other server has to call back.");
    }
    const record = await this.ask(self, { iss, url }, { algorithm: 'HS256', key });
    await this.blocked.lift(record.iss); // who registers with a server wants it
    return this.registered.enter(record, { mayChangeKey: true });
  }

  private async ask(self: Identity, other: { iss: string; url: string }, key: TokenKey): Promise<PeerRecord> {
    const token = this.tokens.sign({ iss: self.iss, aud: other.iss }, key, { ...recordOf(self) });
    try {
      const headers = { [KEY_PROOF_HEADER]: proveKey(this.tokens, self, { token, audience: other.iss }) };
      const answer = await this.client.json(other, 'POST', '/api/ods/register', { token, headers, patience: 2, isTry: true }); // it calls back first
      const claims = this.tokens.verify(String((answer as { record?: unknown } | null)?.record), key, self.iss);
      if (claims.iss !== other.iss) throw new PeerTokenRefused('Another server answered.');
      // It was reached where the administrator said; what it takes for its own URL may not work from here.
      const record = readRecord(other.iss, { ...claims, url: other.url });
      this.registered.checkModes(self, record);
      return withSigning(record, claims);
    } catch (error) {
      throw explained(error, other.url);
    }
  }
}

function readInput({ url, issId, key }: RegistrationInput): { iss: string; url: string; key: string } {
  const errors: { pointer: string; detail: string }[] = [];
  const checked = checkServerUrl(url.trim());
  if ('fault' in checked) errors.push({ pointer: '/url', detail: checked.fault });
  const iss = issId.trim().replaceAll('-', '').toLowerCase();
  if (!isIss(iss))
    errors.push({ pointer: '/iss_id', detail: 'The ISS ID must be 32 hexadecimal digits, as shown under Admin on the other server.' });
  if (!/^[A-Za-z0-9+/]{43}=$/.test(key.trim()))
    errors.push({ pointer: '/key', detail: 'The key is not complete: copy all 44 characters from Admin on the other server.' });
  if (errors.length > 0 || 'fault' in checked) throw new InvalidRequest(errors);
  return { iss, url: checked.url, key: key.trim() };
}

/** The error for the administrator, with what to do about it. */
function explained(error: unknown, url: string): unknown {
  if (error instanceof PeerUnreachable || error instanceof PeerAnswerInvalid || error instanceof PeerClockSkewed)
    return new RegistrationRefused(error.message);
  if (error instanceof PeerTokenRefused)
    return new RegistrationRefused(`${url} answered, but not as the server with this ISS ID and key. Check all three.`);
  if (!(error instanceof PeerRefused)) return error;
  const hint = error.problemCode === 'peer-token-refused' ? ' Copy ISS ID and key anew from its Admin page.' : '';
  return new RegistrationRefused(`${url} refused: ${error.problem}${hint}`);
}
