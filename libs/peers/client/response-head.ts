export interface ResponseHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the head, with the empty line that ends it. */
  readonly length: number;
}

/** Longest head that is read, in bytes. */
export const HEAD_LIMIT = 16 * 2 ** 10;

const END = '\r\n\r\n';
const STATUS_LINE = /^HTTP\/1\.1 (\d{3})(?: [^\r\n]*)?$/;
const FIELD_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\0\r\n]*?)[ \t]*$/;

/**
 * The head of an HTTP/1.1 answer (RFC 9112), strictly: null where one is not sure to be understood the same way by everybody
 * (repeated fields, folded lines, anything but CRLF). Undefined while it has not come whole.
 */
export function parseResponseHead(bytes: Buffer): ResponseHead | null | undefined {
  const end = bytes.indexOf(END);
  if (end < 0) return bytes.length < HEAD_LIMIT ? undefined : null;
  const [first, ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = STATUS_LINE.exec(first!)?.[1];
  if (status === undefined) return null;
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const line of lines) {
    const [, name, value] = FIELD_LINE.exec(line) ?? [];
    if (name === undefined || name.toLowerCase() in headers) return null;
    headers[name.toLowerCase()] = value!;
  }
  return { status: Number(status), headers, length: end + END.length };
}

/** Whether the body is exactly `length` bytes of a range, as they are. */
export function isPlainRange({ status, headers }: ResponseHead, length: number): boolean {
  const isPlain = headers['transfer-encoding'] === undefined && (headers['content-encoding'] ?? 'identity') === 'identity';
  return status === 206 && isPlain && headers['content-length'] === String(length);
}
