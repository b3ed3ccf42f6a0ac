import { sha256Hex } from '#libs/platform/crypto/digest.js';

/** Another key of a server appeared. */
export interface KeyAppeared {
  readonly iss: string;
  /** Null where this server knows none. */
  readonly name: string | null;
  /** SPKI PEM. */
  readonly publicKey: string;
  /** ISS ID of the server that vouches for it; null when the server itself came with it. */
  readonly introducedBy: string | null;
  /** It counts from now on. */
  readonly accepted: boolean;
}

/** The data of `server.key_changed`, wherever it is recorded. */
export interface KeyChanged {
  readonly iss: string;
  readonly name: string | null;
  /** SHA-256 of the key. */
  readonly key_id: string;
  readonly introduced_by: string | null;
  readonly accepted: boolean;
}

export const keyChanged = ({ iss, name, publicKey, introducedBy, accepted }: KeyAppeared): KeyChanged => ({
  ...{ iss, name, key_id: sha256Hex(publicKey), introduced_by: introducedBy, accepted },
});
