import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Where the driver wants to go: to the server, or where the server has sent it. */
interface Place {
  readonly host: string;
  readonly port: number;
}

/** The first words of a server (MS-TDS 2.2.6.5): a header, then options of five bytes each, `kind, offset, length`. */
const HEADER = 8;
const ENCRYPTION = 1;
const END = 0xff;
/** It encrypts everything from then on, or demands it. */
const encrypting = [1, 3];

/** Whether a server promises to encrypt. What is not whole promises nothing. */
function promisesEncryption(packet: Buffer): boolean {
  const options = packet.subarray(HEADER);
  for (let at = 0; at + 5 <= options.length && options[at] !== END; at += 5)
    if (options[at] === ENCRYPTION) return encrypting.includes(options[options.readUInt16BE(at + 1)] ?? 0);
  return false;
}

/**
 * Opens a connection to a SQL Server for its driver, and ends it when the server does not encrypt: the driver would go on without, and whoever
 * is on the line could make it send the password in the clear.
 */
export async function connectEncrypted({ host, port }: Place, _lookup: unknown, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host, port, signal });
  await once(socket, 'connect');
  socket.setNoDelay(true);
  socket.prependOnceListener('data', (packet: Buffer) => {
    if (!promisesEncryption(packet))
      socket.destroy(new Error('The server does not encrypt. Configure its certificate, or allow it with encrypt=false in DATABASE_URL'));
  });
  return socket;
}
