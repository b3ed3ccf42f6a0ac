/** What a test may change while the double runs. */
export interface Knobs {
  version: string;
  /** Life of a token. */
  tokenSeconds: number;
  /** The greatest page that is given. */
  pageClamp: number;
  nodes: number;
  /** How long a write is unknown to other nodes, in milliseconds. */
  lagMs: number;
  /** False: `/api/v1/oauth/token` is not there, as on older servers. */
  v1oauth: boolean;
  /** The status of a wrong client secret: RFC 6749 leaves 400 and 401. */
  wrongSecretStatus: 400 | 401;
  /** So many next requests are answered 502. */
  down: number;
  slowMs: number;
  /** The next write is done, and its answer lost. */
  dropAfterWrite: boolean;
  /** Every request is answered with the page that says that the server is starting. */
  maintenance: boolean;
  /** The edge refuses every request that writes. */
  edgeRefuses: boolean;
  /** The token of the next call has ended. */
  expireNow: boolean;
  /** A field that writing a record does not keep; null for none. */
  loses: string | null;
}

export const usual: Readonly<Knobs> = {
  version: '11.30.0',
  tokenSeconds: 1_200,
  pageClamp: 2_000,
  nodes: 2,
  lagMs: 0,
  v1oauth: true,
  wrongSecretStatus: 401,
  down: 0,
  slowMs: 0,
  dropAfterWrite: false,
  maintenance: false,
  edgeRefuses: false,
  expireNow: false,
  loses: null,
};

/** Codes of errors that this double invented: the product must not know them. */
export const ownCodes = ['INVALID_TOKEN', 'INVALID_PRIVILEGE', 'REQUIRED', 'INVALID_VALUE'] as const;
