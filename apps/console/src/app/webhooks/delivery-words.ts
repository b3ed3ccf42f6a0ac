import type { DeliveryDto } from '#libs/api-client';
import type { ChipTone } from '../shared/chip';

/** What became of a delivery, in a word; its times stand beside it. */
export function outcomeOf({ state, attempts }: Pick<DeliveryDto, 'state' | 'attempts'>): readonly [ChipTone, string] {
  if (state === 'delivered') return ['good', $localize`Delivered`];
  if (state === 'failed') return ['bad', $localize`Not delivered`];
  return attempts === 0 ? ['busy', $localize`On its way`] : ['warn', $localize`Tried again`];
}

/** What is wrong, and what to do about it. By what the network, or the receiver, said. */
const advice: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, $localize`Nothing listens at that address. Is the receiver running, and is the port right?`],
  [/ENOTFOUND|EAI_AGAIN/, $localize`The host name of the address is not known here. Check how it is written, and this server's DNS.`],
  [/EHOSTUNREACH|ENETUNREACH/, $localize`There is no way from this server to that address. A firewall may be in between.`],
  [/ETIMEDOUT|No answer within/, $localize`The receiver did not answer in time. A firewall may be in between.`],
  [/ECONNRESET|socket hang up/, $localize`The receiver hung up without an answer.`],
  [/certificate|CERT_|SELF_SIGNED/i, $localize`The receiver's certificate is not trusted by this server.`],
  [/wrong version number|EPROTO/, $localize`The receiver does not speak HTTPS at that port. Try http:// or another port.`],
  [/address of this machine/, $localize`Webhooks are not sent to this machine itself, nor to link-local or cloud metadata addresses.`],
  [/^Answered 3\d\d/, $localize`The receiver sent it on to another address, which is not followed. Enter the final address.`],
  [/^Answered 40[13]\./, $localize`The receiver does not accept it. Is the address complete, with its secret part?`],
  [/^Answered 404\./, $localize`The receiver knows nothing at that path. Is the address complete?`],
  [/^Answered 410\./, $localize`The receiver wants no more messages, so the webhook was switched off.`],
  [/^Answered 429\./, $localize`The receiver asks to be sent less. It is tried again later.`],
  [/^Answered 5\d\d/, $localize`The receiver has a fault of its own.`],
];

/** What is wrong in one sentence for people; null when nothing is. */
export function troubleOf({ last_error }: Pick<DeliveryDto, 'last_error'>): string | null {
  return last_error === null ? null : (advice.find(([pattern]) => pattern.test(last_error))?.[1] ?? last_error);
}

/** JSON with a line for each value; anything else as it is. */
export function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
