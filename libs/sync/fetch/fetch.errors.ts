/** Why a transfer stopped before its end; `code` is shown with the transfer. All of them are tried again later. */
export class FetchStopped extends Error {
  override readonly name = 'FetchStopped';
  constructor(
    readonly code: 'no-source' | 'sources-failed' | 'stalled' | 'content-mismatch' | 'paused' | 'outside-window',
    message: string,
  ) {
    super(message);
  }
}

/** Fetching brought nothing, and a firewalled server pushes the content here: the push continues instead (MESH §7). */
export class FetchGaveWay extends Error {
  override readonly name = 'FetchGaveWay';
}

/** An administrator cancelled it. */
export class FetchCancelled extends Error {
  override readonly name = 'FetchCancelled';
}
