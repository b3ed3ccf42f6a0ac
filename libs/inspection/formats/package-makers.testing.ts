import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, privateEncrypt, constants } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import tar from 'tar-stream';

const DISTRIBUTION = `<?xml version="1.0"?><installer-gui-script minSpecVersion="2"><title>Demo App</title>
<options hostArchitectures="x86_64,arm64"/><volume-check><allowed-os-versions><os-version min="12.0"/></allowed-os-versions></volume-check>
<pkg-ref id="com.example.demo" version="1.2.3">#demo.pkg</pkg-ref></installer-gui-script>`;
const PACKAGE_INFO = `<?xml version="1.0"?><pkg-info format-version="2" identifier="com.example.demo" version="1.2.3"
install-location="/Applications" auth="root" postinstall-action="restart"><payload installKBytes="42" numberOfFiles="3"/>
<scripts><postinstall file="./postinstall"/></scripts>
<bundle id="com.example.Demo" CFBundleShortVersionString="1.2.3" CFBundleVersion="45" path="./Demo.app"/></pkg-info>`;
const TEAM = 'ABCDE12345';

export interface Signer {
  readonly key: string;
  /** Base64 of the DER, the signer's first. */
  readonly chain: readonly string[];
}

/** A throw-away authority and an installer certificate that it issued. */
export function makeSigner(team = TEAM): Signer {
  const cwd = mkdtempSync(path.join(tmpdir(), 'ods-signer-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd, stdio: 'pipe' });
  const key = ['-newkey', 'rsa:2048', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '30', '-subj', '/CN=Test Authority/O=Test');
  const subject = `/CN=Developer ID Installer: Example (${team})/OU=${team}/O=Example`;
  openssl('req', ...key, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', subject);
  openssl('x509', '-req', '-in', 'leaf.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'leaf.pem', '-days', '30');
  const read = (file: string): string => readFileSync(path.join(cwd, file), 'utf8');
  const der = (file: string): string => read(file).replace(/-----[^-]+-----|\s/g, '');
  const signer = { key: read('leaf.key'), chain: [der('leaf.pem'), der('ca.pem')] };
  rmSync(cwd, { recursive: true });
  return signer;
}

interface PkgOptions {
  readonly signer?: Signer | null;
  readonly isStapled?: boolean;
  readonly distribution?: string;
  readonly version?: string;
  /** Changes the table of contents before it is packed. */
  readonly editToc?: (toc: string) => string;
  /** What the header says that the table of contents unpacks to. */
  readonly statedLength?: bigint;
}

const trailer = (type: number, length: number): Buffer => {
  const bytes = Buffer.alloc(16);
  bytes.write('t8lr', 'latin1');
  bytes.writeUInt16LE(1, 4);
  bytes.writeUInt16LE(type, 6);
  bytes.writeUInt32LE(length, 8);
  return bytes;
};

/** A product archive with one component. */
export function makePkg(options: PkgOptions = {}): Buffer {
  const { signer = null, isStapled = false, distribution = DISTRIBUTION, version = '1.2.3', editToc, statedLength } = options;
  const blobs: Buffer[] = [];
  let at = signer ? 276 : 20;
  const entry = (name: string, text: string): string => {
    const packed = deflateSync(text);
    const xml = `<file><name>${name}</name><type>file</type><data><length>${packed.length}</length><encoding style="application/x-gzip"/><offset>${at}</offset><size>${Buffer.byteLength(text)}</size></data></file>`;
    at += packed.length;
    blobs.push(packed);
    return xml;
  };
  const files = `${entry('Distribution', distribution.replaceAll('1.2.3', version))}<file><name>demo.pkg</name><type>directory</type>${entry('PackageInfo', PACKAGE_INFO.replaceAll('1.2.3', version))}</file>`;
  const certificates = (signer?.chain ?? []).map((each) => `<X509Certificate>${each}</X509Certificate>`).join('');
  const signature = signer
    ? `<signature style="RSA"><offset>20</offset><size>256</size><KeyInfo><X509Data>${certificates}</X509Data></KeyInfo></signature>`
    : '';
  const plain = `<?xml version="1.0"?><xar><toc><checksum style="sha1"><offset>0</offset><size>20</size></checksum>${signature}${files}</toc></xar>`;
  const toc = editToc ? editToc(plain) : plain;
  const packed = deflateSync(toc);
  const digest = createHash('sha1').update(packed).digest();
  const head = Buffer.alloc(28);
  head.write('xar!', 'latin1');
  head.writeUInt16BE(28, 4);
  head.writeUInt16BE(1, 6);
  head.writeBigUInt64BE(BigInt(packed.length), 8);
  head.writeBigUInt64BE(statedLength ?? BigInt(Buffer.byteLength(toc)), 16);
  head.writeUInt32BE(1, 24);
  const info = Buffer.concat([Buffer.from('3021300906052b0e03021a05000414', 'hex'), digest]);
  const signed = signer ? [privateEncrypt({ key: createPrivateKey(signer.key), padding: constants.RSA_PKCS1_PADDING }, info)] : [];
  const ticket = Buffer.from('not a real ticket');
  const staple = isStapled ? [trailer(1, 0), ticket, trailer(2, ticket.length)] : [];
  return Buffer.concat([head, packed, digest, ...signed, ...blobs, ...staple]);
}

const CONTROL =
  'Package: hello\nVersion: 2.10-3\nArchitecture: amd64\nMaintainer: A <a@example.net>\nInstalled-Size: 280\nDescription: x\n';

export async function makeDeb(control = CONTROL): Promise<Buffer> {
  const pack = tar.pack();
  pack.entry({ name: './control' }, control);
  pack.entry({ name: './postinst' }, '#!/bin/sh\n');
  pack.finalize();
  const parts: Buffer[] = [];
  for await (const part of pack) parts.push(part as Buffer);
  return makeArchive({ 'debian-binary': Buffer.from('2.0\n'), 'control.tar.gz': gzipSync(Buffer.concat(parts)) });
}

/** An ar archive. */
export function makeArchive(members: Readonly<Record<string, Buffer>>): Buffer {
  const parts = Object.entries(members).map(([name, bytes]) => {
    const head = `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}${String(bytes.length).padEnd(10)}\`\n`;
    return Buffer.concat([Buffer.from(head), bytes, Buffer.alloc(bytes.length % 2, '\n')]);
  });
  return Buffer.concat([Buffer.from('!<arch>\n'), ...parts]);
}

export function makeRpm(): Buffer {
  const header = (strings: readonly (readonly [number, string])[]): Buffer => {
    const index = Buffer.alloc(strings.length * 16);
    const store: Buffer[] = [];
    let at = 0;
    for (const [row, [tag, text]] of strings.entries()) {
      for (const [field, value] of [tag, 6, at, 1].entries()) index.writeUInt32BE(value, row * 16 + field * 4);
      store.push(Buffer.from(`${text}\0`));
      at += text.length + 1;
    }
    const intro = Buffer.alloc(16);
    for (const [offset, value] of [
      [0, 0x8eade801],
      [8, strings.length],
      [12, at],
    ] as const)
      intro.writeUInt32BE(value, offset);
    return Buffer.concat([intro, index, ...store]);
  };
  const lead = Buffer.alloc(96);
  lead.writeUInt32BE(0xedabeedb, 0);
  const signature = header([[268, 'signature']]);
  const padding = Buffer.alloc((8 - (signature.length % 8)) % 8);
  return Buffer.concat([
    lead,
    signature,
    padding,
    header([
      [1000, 'hello'],
      [1001, '2.12'],
      [1002, '1.el9'],
      [1022, 'x86_64'],
      [1011, 'Example'],
    ]),
  ]);
}

/** A zip archive of stored files. */
export function makeZip(files: Readonly<Record<string, Buffer | string>>): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const [bytes, label] = [Buffer.from(content), Buffer.from(name)];
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt32LE(crc32(bytes), 14);
    local.writeUInt32LE(bytes.length, 18);
    local.writeUInt32LE(bytes.length, 22);
    local.writeUInt16LE(label.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    local.copy(central, 16, 14, 28);
    central.writeUInt32LE(at, 42);
    locals.push(local, label, bytes);
    centrals.push(central, label);
    at += 30 + label.length + bytes.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(centrals.length / 2, 8);
  end.writeUInt16LE(centrals.length / 2, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}

export const infoPlist = (inside = ''): string => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>CFBundleIdentifier</key><string>com.example.demo</string><key>CFBundleName</key><string>Demo</string>
<key>CFBundleShortVersionString</key><string>4.5</string><key>LSMinimumSystemVersion</key><string>11.0</string>${inside}</dict></plist>`;

function codeSignature(cms: Buffer): Buffer {
  const directory = Buffer.alloc(64);
  for (const [at, value] of [
    [0, 0xfade0c02],
    [4, 64],
    [8, 0x20200],
    [48, 52],
  ] as const)
    directory.writeUInt32BE(value, at);
  directory.write(`${TEAM}\0`, 52, 'latin1');
  const wrapper = Buffer.alloc(8);
  wrapper.writeUInt32BE(0xfade0b01, 0);
  wrapper.writeUInt32BE(8 + cms.length, 4);
  const head = Buffer.alloc(28);
  const fields = [0xfade0cc0, 28 + 64 + 8 + cms.length, 2, 0, 28, 0x10000, 28 + 64];
  for (const [index, value] of fields.entries()) head.writeUInt32BE(value, index * 4);
  return Buffer.concat([head, directory, wrapper, cms]);
}

/** A disk image without data: partitions, signature and trailer. */
export function makeDmg(cms: Buffer | null = null): Buffer {
  const list = Buffer.from(
    '<plist version="1.0"><dict><key>resource-fork</key><dict><key>blkx</key><array><dict><key>Name</key><string>disk image (Apple_APFS : 4)</string></dict></array></dict></dict></plist>',
  );
  const koly = Buffer.alloc(512);
  koly.write('koly', 'latin1');
  koly.writeUInt32BE(4, 4);
  koly.writeUInt32BE(512, 8);
  koly.writeBigUInt64BE(0n, 216);
  koly.writeBigUInt64BE(BigInt(list.length), 224);
  const signature = cms ? codeSignature(cms) : Buffer.alloc(0);
  koly.writeBigUInt64BE(BigInt(list.length), 296);
  koly.writeBigUInt64BE(BigInt(signature.length), 304);
  return Buffer.concat([list, signature, koly]);
}
