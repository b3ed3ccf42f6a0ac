import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

/**
 * A file, with its content, or a directory, with its files.
 * @typedef {{ name: string, content: Buffer } | { name: string, files: readonly Member[] }} Member
 */

const HEADER_LENGTH = 28;
const SHA1 = 1;
const DIGEST_LENGTH = 20;

const sha1 = (/** @type {Buffer} */ bytes) => createHash('sha1').update(bytes).digest();

/** An archive in the format of macOS packages: a compressed table of contents, and the files as they are. @param {readonly Member[]} members */
export function xarArchive(members) {
  const heap = [];
  const files = describe(members, { heap, at: DIGEST_LENGTH, id: 0 });
  const checksum = `<checksum style="sha1"><offset>0</offset><size>${DIGEST_LENGTH}</size></checksum>`;
  const created = `<creation-time>${new Date().toISOString().slice(0, 19)}</creation-time>`;
  const toc = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<xar><toc>${checksum}${created}${files}</toc></xar>\n`);
  const packed = deflateSync(toc);
  const header = Buffer.alloc(HEADER_LENGTH);
  header.write('xar!', 'latin1');
  header.writeUInt16BE(HEADER_LENGTH, 4);
  header.writeUInt16BE(1, 6);
  header.writeBigUInt64BE(BigInt(packed.length), 8);
  header.writeBigUInt64BE(BigInt(toc.length), 16);
  header.writeUInt32BE(SHA1, 24);
  return Buffer.concat([header, packed, sha1(packed), ...heap]);
}

/**
 * @param {readonly Member[]} members @param {{ heap: Buffer[], at: number, id: number }} state what was described before @returns {string} XML
 */
function describe(members, state) {
  return members
    .map((member) => {
      state.id += 1;
      const head = `<file id="${state.id}"><name>${member.name}</name>`;
      if ('files' in member) return `${head}<type>directory</type><mode>0755</mode>${describe(member.files, state)}</file>`;
      const { content } = member;
      const digest = sha1(content).toString('hex');
      const hashes = ['archived', 'extracted'].map((which) => `<${which}-checksum style="sha1">${digest}</${which}-checksum>`).join('');
      const place = `<length>${content.length}</length><offset>${state.at}</offset><size>${content.length}</size>`;
      const data = `<data>${place}<encoding style="application/octet-stream"/>${hashes}</data>`;
      state.heap.push(content);
      state.at += content.length;
      return `${head}<type>file</type><mode>0644</mode>${data}</file>`;
    })
    .join('');
}
