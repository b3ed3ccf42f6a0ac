import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';

const PIECE = 4 * 2 ** 20;

/**
 * Writes a file of fresh bytes, as incompressible as an installer, quicker than the system makes random numbers; answers its SHA-256.
 * @param {string} file @param {number} size
 */
export function makeFile(file, size) {
  const stream = createCipheriv('aes-128-ctr', randomBytes(16), randomBytes(16));
  const zeros = Buffer.alloc(PIECE);
  const hash = createHash('sha256');
  const descriptor = openSync(file, 'w');
  try {
    for (let left = size; left > 0; left -= PIECE) {
      const piece = stream.update(left < PIECE ? zeros.subarray(0, left) : zeros);
      hash.update(piece);
      writeSync(descriptor, piece);
    }
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}
