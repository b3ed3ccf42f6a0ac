import { PUSHED_CONTENT_TYPE } from '#libs/peers/client/pushed-content.js';
import { PushNotWanted, PushWrong } from './push.errors.js';

export function checkUuid(uuid: string): string {
  if (!/^[0-9a-f]{32}$/.test(uuid)) throw new PushNotWanted();
  return uuid;
}

export function checkIndex(index: string): number {
  if (!/^\d{1,7}$/.test(index)) throw new PushWrong('A block is named by its number.');
  return Number(index);
}

/** The body as it came. Throws PushWrong when it was not sent as what it is. */
export function bytesOf(body: unknown): Buffer {
  if (!Buffer.isBuffer(body)) throw new PushWrong(`Send the bytes as ${PUSHED_CONTENT_TYPE}.`);
  return body;
}
