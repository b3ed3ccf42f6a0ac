import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { crc32, gzipSync } from 'node:zlib';
import { STARTED } from '#libs/inspection/child/child-answer.js';
import { nodeArguments, type Outcome, runChild } from '#libs/inspection/child/run-child.js';
import { FUZZ_TIMES, mutated, randomOf } from '#libs/inspection/formats/mutations.testing.js';
import { infoPlist, makeArchive, makeDeb, makeDmg, makePkg, makeRpm, makeZip } from '#libs/inspection/formats/package-makers.testing.js';
import { makeExe, makeMsi } from '#libs/inspection/formats/windows-makers.testing.js';
import { scratchDir } from '../support/services.js';

const root = path.resolve(import.meta.dirname, '../..');
const program = path.join(root, 'dist/libs/inspection/child/inspect-child.js');
const FILES = 4 * FUZZ_TIMES;
/** What a process of an inspection may use: its heap, what it unpacks and Node, in MiB. */
const MOST_MEMORY = 640;

const directory = scratchDir('inspection-child');
let written = 0;
async function fileOf(bytes: Buffer): Promise<string> {
  const file = path.join(directory, `file-${++written}`);
  await writeFile(file, bytes);
  return file;
}

async function outcomeOf(bytes: Buffer): Promise<Outcome> {
  const file = await open(await fileOf(bytes));
  try {
    return await runChild(file, new AbortController().signal, { run: program, directory: root, mayStartPrograms: true });
  } finally {
    await file.close();
  }
}

/** The same process, which says at its end how much memory it had at most. */
async function measured(bytes: Buffer): Promise<{ answer: { state: string }; mib: number }> {
  const file = await open(await fileOf(bytes));
  try {
    const atExit = 'process.on("exit", () => process.stderr.write(String(process.resourceUsage().maxRSS)))';
    const args = [...nodeArguments(true, root), '--import', `data:text/javascript,${encodeURIComponent(atExit)}`, program];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe', file.fd], env: {} });
    const [out, usage] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'close')]);
    return { answer: JSON.parse(out.slice(STARTED.length)) as { state: string }, mib: Number(usage) / 1_024 };
  } finally {
    await file.close();
  }
}

/** A tar archive with the control file of a package, as `xz --check=none` packs it. */
const XZ =
  '/Td6WFoAAAD/EtlBAgAhARwAAAAQz1jM4Cf/AHhdABcLyOfZ5dHD1ZV9QtvcDlxs1FkS8hWWZJpSNXdeN88rokY6sn1ngH419eZdXjLSXS6dfRX9IbXgYKMimKyPv3ygzoX0nPzMgTZHYBlQc5yyorm3lNv5RxEffeVcEAKAEKXXyZBV6FiuQUS/bDzQcib8wQ6Xb817AAAAAYwBgFAAAEWxohaoAAr8AgAAAAAAWVo=';

/** That archive; `properties` says how large a dictionary it needs (liblzma: 40 is 4 GiB - 1). */
function xzControl(properties: number): Buffer {
  const packed = Buffer.from(XZ, 'base64');
  const head = packed.subarray(12, 12 + (packed[12]! + 1) * 4);
  const filter = head.indexOf(Buffer.from([0x21, 0x01]));
  head[filter + 2] = properties;
  head.writeUInt32LE(crc32(head.subarray(0, -4)), head.length - 4);
  return packed;
}

/** A frame that asks for a window of 2 GiB, with one block as it is. */
function zstdControl(content: Buffer): Buffer {
  const block = Buffer.alloc(3);
  block.writeUIntLE(1 | (content.length << 3), 0, 3);
  return Buffer.concat([Buffer.from('28b52ffd00a8', 'hex'), block, content]);
}

const debWith = (name: string, control: Buffer): Buffer => makeArchive({ 'debian-binary': Buffer.from('2.0\n'), [name]: control });

const deb = await makeDeb();

describe('the process of an inspection', () => {
  it.each([
    ['pkg', makePkg()],
    ['dmg', makeDmg()],
    ['zip', makeZip({ 'Demo.app/Contents/Info.plist': infoPlist() })],
    ['msi', makeMsi()],
    ['deb', deb],
    ['rpm', makeRpm()],
    ['exe', makeExe()],
  ])(`answers for a %s, and for ${FILES} mutated ones`, async (kind, original) => {
    expect(await outcomeOf(original)).toMatchObject({ state: 'done' });
    const next = randomOf(kind.charCodeAt(1));
    for (let round = 0; round < FILES; round++) {
      const outcome = await outcomeOf(mutated(original, next));
      expect(['done', 'damaged', 'refused', 'unknown_kind']).toContain(outcome.state);
      expect(outcome).not.toMatchObject({ reason: expect.stringContaining('without an answer') });
    }
  });

  it.each<[string, Buffer, string]>([
    ['unpacks a thousandfold', debWith('control.tar.gz', gzipSync(Buffer.alloc(128 << 20), { level: 9 })), 'refused'],
    ['has a million files', makePkg({ editToc: (toc) => toc.replace('</toc>', `${'<file/>'.repeat(1_000_000)}</toc>`) }), 'refused'],
    ['says that it unpacks to 2^40 bytes', makePkg({ statedLength: 2n ** 40n }), 'refused'],
    [
      'nests a hundred thousand values',
      makeZip({ 'Demo.app/Contents/Info.plist': infoPlist(`<key>deep</key>${'<array>'.repeat(100_000)}`) }),
      'refused',
    ],
    ['needs a dictionary of 64 MiB to be unpacked', debWith('control.tar.xz', xzControl(28)), 'done'],
    ['needs a dictionary of 4 GiB to be unpacked', debWith('control.tar.xz', xzControl(40)), 'damaged'],
    ['needs a window of 2 GiB to be unpacked', debWith('control.tar.zst', zstdControl(Buffer.alloc(1_024))), 'damaged'],
    ['nests a hundred thousand signatures', makeExe({ cms: Buffer.from('3080'.repeat(100_000), 'hex') }), 'damaged'],
  ])('stays within its memory when the file %s', async (_what, bytes, state) => {
    const { answer, mib } = await measured(bytes);
    expect(answer).toMatchObject({ state });
    expect(mib).toBeLessThan(MOST_MEMORY);
  });

  it('is ended when it takes too long', async () => {
    const file = await open(await fileOf(makePkg()));
    const endless = path.join(directory, 'endless.mjs');
    await writeFile(endless, 'process.stdout.write("started\\n"); setInterval(() => undefined, 1_000);');
    const outcome = runChild(file, new AbortController().signal, { run: endless, directory, wallMs: 500 });
    expect(await outcome.finally(() => file.close())).toEqual({ state: 'timed_out' });
  });

  (process.platform === 'win32' ? it.skip : it)('takes the programs that it started with it when it is ended', async () => {
    const file = await open(await fileOf(makePkg()));
    const parent = path.join(directory, 'parent.mjs');
    // The one that it starts has the same output: as long as it lives, that does not end.
    await writeFile(
      parent,
      `import { spawn } from 'node:child_process';
      spawn('/bin/sleep', ['300'], { stdio: ['ignore', 'inherit', 'ignore'] });
      process.stdout.write("started\\n"); setInterval(() => undefined, 1_000);`,
    );
    const outcome = runChild(file, new AbortController().signal, { run: parent, directory, mayStartPrograms: true, wallMs: 2_000 });
    expect(await outcome.finally(() => file.close())).toEqual({ state: 'timed_out' });
  });

  it('reads no other file, writes none, and starts no program unless it may', async () => {
    const attempts = path.join(directory, 'attempts.mjs');
    await writeFile(
      attempts,
      `import { readFileSync, readSync, writeFileSync } from 'node:fs'; import { spawnSync } from 'node:child_process';
      const codeOf = (work) => { try { const done = work(); return done?.error?.code ?? 'done'; } catch ({ code }) { return code; } };
      const codes = [
        codeOf(() => readFileSync('/etc/hostname')), codeOf(() => writeFileSync('./file', '')),
        codeOf(() => spawnSync('/bin/true')), codeOf(() => readSync(3, Buffer.alloc(4))),
      ];
      process.stdout.write("started\\n" + JSON.stringify({ state: 'damaged', reason: codes.join() }));`,
    );
    for (const [mayStartPrograms, program] of [
      [false, 'ERR_ACCESS_DENIED'],
      [true, 'done'],
    ] as const) {
      const file = await open(await fileOf(makePkg()));
      const outcome = await runChild(file, new AbortController().signal, { run: attempts, directory, mayStartPrograms }).finally(() =>
        file.close(),
      );
      expect(outcome).toEqual({ state: 'damaged', reason: `ERR_ACCESS_DENIED,ERR_ACCESS_DENIED,${program},done` });
    }
  });

  it('that writes without end, or dies, says nothing about the file', async () => {
    for (const script of [
      'for (;;) process.stdout.write("started\\n".repeat(10_000));',
      'process.stdout.write("started\\n"); process.abort();',
    ]) {
      const file = await open(await fileOf(makePkg()));
      const broken = path.join(directory, 'broken.mjs');
      await writeFile(broken, script);
      const outcome = await runChild(file, new AbortController().signal, { run: broken, directory }).finally(() => file.close());
      expect(outcome).toMatchObject({ state: 'damaged', reason: expect.stringContaining('without an answer') });
    }
  });
});
