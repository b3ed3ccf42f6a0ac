import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { request } from 'node:http';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const PIECE = 1_048_576;

/**
 * Writes a file of random bytes, as incompressible as an installer; answers its SHA-256.
 * @param {string} file @param {number} size
 */
export async function makePackage(file, size) {
  const hash = createHash('sha256');
  function* pieces() {
    for (let left = size; left > 0; left -= PIECE) {
      const piece = randomBytes(Math.min(PIECE, left));
      hash.update(piece);
      yield piece;
    }
  }
  await pipeline(Readable.from(pieces()), createWriteStream(file));
  return hash.digest('hex');
}

/**
 * Uploads a file through the multipart form, as curl does.
 * @param {import('./demo-server.mjs').DemoServer} server @param {string} file @param {string} filename @param {number} size
 * @param {(sent: number) => void} onProgress
 */
export async function upload(server, file, filename, size, onProgress) {
  const boundary = `ods-demo-${randomBytes(12).toString('hex')}`;
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  const tail = `\r\n--${boundary}--\r\n`;
  const headers = {
    authorization: `Bearer ${server.token}`,
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'content-length': head.length + size + tail.length,
  };
  const outgoing = request(`${server.url}/api/admin/upload`, { method: 'POST', headers });
  const answered = new Promise((resolve, reject) => outgoing.once('response', resolve).once('error', reject));
  let sent = 0;
  const counting = new Transform({
    transform(piece, _encoding, done) {
      onProgress((sent += piece.length));
      done(null, piece);
    },
  });
  outgoing.write(head);
  await pipeline(createReadStream(file, { highWaterMark: PIECE }), counting, outgoing, {
    end: false,
  });
  outgoing.end(tail);
  const response = await answered;
  const text = Buffer.concat(await response.toArray()).toString();
  if (response.statusCode !== 201) throw new Error(`${server.name} answered the upload with ${response.statusCode}: ${text}`);
}

/** The SHA-256 of what a client of this server downloads. @param {string} url */
export async function hashOfDownload(url) {
  const response = await fetch(url);
  if (!response.ok || response.body === null) throw new Error(`${url} was answered ${response.status}`);
  const hash = createHash('sha256');
  for await (const piece of response.body) hash.update(piece);
  return hash.digest('hex');
}
