const POLYNOMIAL = 0x04c11db7;

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ POLYNOMIAL : value << 1;
  return value >>> 0;
});

/** The CRC that POSIX gives `cksum`, which bills of materials use. @param {Buffer} bytes @returns {number} */
export function posixChecksum(bytes) {
  let value = 0;
  for (const byte of bytes) value = (value << 8) ^ table[(value >>> 24) ^ byte];
  for (let length = bytes.length; length > 0; length = Math.floor(length / 256))
    value = (value << 8) ^ table[(value >>> 24) ^ (length & 0xff)];
  return ~value >>> 0;
}
