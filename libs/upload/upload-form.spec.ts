import fc from 'fast-check';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { eventually } from '../../test/support/eventually.js';
import { DomainError } from '#libs/platform/errors/domain-error.js';
import { type FormReaders, readUploadForm } from './upload-form.js';

interface Outcome {
  readonly fields?: Record<string, string>;
  readonly file?: { name: string; content: string };
  readonly error?: string;
}

const boundary = '----test';
const part = (headers: string, content: string): string => `--${boundary}\r\n${headers}\r\n\r\n${content}\r\n`;
const field = (name: string, value: string): string => part(`Content-Disposition: form-data; name="${name}"`, value);
const file = (name: string, content = 'content'): string =>
  part(`Content-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: application/octet-stream`, content);
const end = `--${boundary}--\r\n`;

const collect: FormReaders<{ name: string; content: string }> = {
  file: async (name, stream) => {
    const pieces: Buffer[] = [];
    for await (const piece of stream) pieces.push(piece);
    return { name, content: Buffer.concat(pieces).toString('latin1') };
  },
  field: () => undefined,
};

class Refused extends DomainError {
  readonly code = 'refused';
  readonly status = 400;
}

describe('readUploadForm', () => {
  let server: Server;
  let outcomes: Outcome[];
  let readers = collect;
  let idleMs = 5_000;
  const faults: unknown[] = [];
  const noteFault = (error: unknown) => faults.push(error);

  async function read(request: IncomingMessage): Promise<Outcome> {
    try {
      const { fields, file: received } = await readUploadForm(request, readers, idleMs);
      return { fields: Object.fromEntries(fields), file: received };
    } catch (error) {
      if (!(error instanceof DomainError)) faults.push(error);
      return { error: (error as Error).message };
    }
  }

  beforeAll(async () => {
    process.on('uncaughtException', noteFault);
    server = createServer((request, response) => {
      void read(request).then((outcome) => {
        outcomes.push(outcome);
        response.end(JSON.stringify(outcome));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    outcomes = [];
    readers = collect;
    idleMs = 5_000;
  });
  afterEach(() => expect(faults.splice(0)).toEqual([]));
  afterAll(async () => {
    process.off('uncaughtException', noteFault);
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  async function send(body: string | Buffer, contentType = `multipart/form-data; boundary=${boundary}`): Promise<Outcome> {
    const response = await fetch(url(), {
      method: 'POST',
      headers: { 'content-type': contentType },
      body: new Uint8Array(Buffer.from(body as string)),
    });
    return (await response.json()) as Outcome;
  }

  /** A connection on which the first piece of a request was sent. */
  async function begin(body: string, announced = 1_000_000): Promise<Socket> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=${boundary}\r\nContent-Length: ${announced}\r\n\r\n${body}`,
    );
    return socket;
  }

  it('reads fields before and after the file', async () => {
    expect(await send(field('stage', 'Prod') + file('a.pkg', 'one\r\ntwo') + field('notes', 'für alle') + end)).toEqual({
      fields: { stage: 'Prod', notes: 'für alle' },
      file: { name: 'a.pkg', content: 'one\r\ntwo' },
    });
  });

  it('reads an empty file', async () => {
    expect((await send(file('a.pkg', '') + end)).file).toEqual({ name: 'a.pkg', content: '' });
  });

  it.each([
    ['as browsers and curl send them', 'filename="Büro + 100% №5.pkg"', 'Büro + 100% №5.pkg'],
    ['by RFC 8187', "filename*=UTF-8''B%C3%BCro.pkg", 'Büro.pkg'],
    ['with a path, which is not taken off silently', 'filename="C:\\\\dir\\\\a.pkg"', 'C:\\dir\\a.pkg'],
    ['without quotes', 'filename=a.pkg', 'a.pkg'],
  ])('gives names %s', async (_how, parameter, name) => {
    const outcome = await send(part(`Content-Disposition: form-data; name="file"; ${parameter}`, 'x') + end);
    expect(outcome.file?.name).toBe(name);
  });

  it.each([
    ['no file', field('stage', 'Prod') + end, /no file/],
    ['no part', end, /no file/],
    ['two files', file('a') + file('b') + end, /one file at a time/],
    [
      'a file in another field',
      part('Content-Disposition: form-data; name="upload"; filename="a"', 'x') + end,
      /must be in the field "file", not "upload"/,
    ],
    ['a file without a field', part('Content-Disposition: form-data; filename="a"', 'x') + end, /has no name/],
    ['a long field', field('notes', 'x'.repeat(9_000)) + file('a') + end, /"notes" is too long/],
    ['a long field without a name', part('Content-Disposition: form-data', 'x'.repeat(9_000)) + end, /no name/],
    ['many fields', Array.from({ length: 17 }, (_, index) => field(`x${index}`, '1')).join('') + file('a') + end, /too many fields/],
    ['a part that is not form-data', part('Content-Disposition: attachment; filename="a"', 'x') + end, /Content-Disposition: form-data/],
    ['a part without headers', part('', 'x') + end, /Content-Disposition: form-data/],
    [
      'a file without its end',
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf`,
      /not valid|ended before/,
    ],
    ['a field without its end', `${file('a')}--${boundary}\r\nContent-Disposition: form-data; name="stage"\r\n\r\nPr`, /not valid/],
    ...['base64', 'quoted-printable', 'BASE64', 'x-uuencode', 'gzip'].map((encoding): [string, string, RegExp] => [
      `a file in ${encoding}`,
      part(`Content-Disposition: form-data; name="file"; filename="a"\r\nContent-Transfer-Encoding: ${encoding}`, 'eA==') + end,
      /without the header Content-Transfer-Encoding/,
    ]),
    [
      'a field in base64',
      part('Content-Disposition: form-data; name="stage"\r\nContent-Transfer-Encoding: base64', 'UHJvZA==') + file('a') + end,
      /without the header Content-Transfer-Encoding/,
    ],
    [
      'a compressed file',
      part('Content-Disposition: form-data; name="file"; filename="a"\r\nContent-Encoding: gzip', 'x') + end,
      /without the header Content-Encoding/,
    ],
    [
      'a part of a file',
      part('Content-Disposition: form-data; name="file"; filename="a"\r\nContent-Range: bytes 0-0/2', 'x') + end,
      /Send the whole file/,
    ],
    [
      'several files in one part',
      part('Content-Disposition: form-data; name="file"\r\nContent-Type: multipart/mixed; boundary=BbC04y', '--BbC04y--') + end,
      /one file at a time/,
    ],
    ['a field twice', field('stage', 'Test') + file('a') + field('stage', 'Prod') + end, /"stage" twice/],
    ['a field without a name after the file', file('a') + part('Content-Disposition: form-data', 'Test') + end, /no name/],
    ['another charset for all', field('_charset_', 'ISO-8859-1') + file('a') + end, /in UTF-8, not in ISO-8859-1/],
    [
      'an unknown charset',
      part('Content-Disposition: form-data; name="notes"\r\nContent-Type: text/plain; charset=klingon', 'x') + file('a') + end,
      /charset klingon/,
    ],
    [
      'a disposition twice',
      part('Content-Disposition: form-data; name="file"; filename="a"\r\nContent-Disposition: form-data; name="stage"', 'x') + end,
      /content-disposition twice/,
    ],
    ['something else', 'hello', /not valid|no file/],
    ['nothing', '', /not valid|no file/],
  ])('says what is wrong with a form with %s', async (_what, body, reason) => {
    expect((await send(body)).error).toMatch(reason);
  });

  it('honours the charset of a field, and refuses bytes that are not of it', async () => {
    const note = (type: string, bytes: Buffer) =>
      Buffer.concat([
        Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="notes"\r\nContent-Type: ${type}\r\n\r\n`),
        bytes,
        Buffer.from(`\r\n${file('a')}${end}`),
      ]);
    const latin = Buffer.from('für alle', 'latin1');
    expect((await send(note('text/plain; charset=iso-8859-1', latin))).fields).toEqual({ notes: 'für alle' });
    expect((await send(note('text/plain; charset="UTF-8"', Buffer.from('für alle')))).fields).toEqual({ notes: 'für alle' });
    expect((await send(note('text/plain', latin))).error).toMatch(/"notes" is not in the charset/);
    expect((await send(field('_charset_', 'utf-8') + file('a') + end)).fields).toEqual({});
  });

  it('takes what leaves the bytes as they are', async () => {
    for (const encoding of ['binary', '8bit', '7BIT']) {
      const body = part(`Content-Disposition: form-data; name="file"; filename="a"\r\nContent-Transfer-Encoding: ${encoding}`, 'x') + end;
      expect([encoding, (await send(body)).file?.content]).toEqual([encoding, 'x']);
    }
  });

  it.each(['multipart/form-data', 'multipart/form-data; boundary=', `multipart/form-data; boundary=${'x'.repeat(200)}`])(
    'says what is wrong with the type %s',
    async (contentType) => {
      expect((await send(file('a') + end, contentType)).error).toBeDefined();
    },
  );

  it.each([
    ['at once', () => Promise.reject(new Refused('Not this name.'))],
    [
      'by throwing',
      () => {
        throw new Refused('Not this name.');
      },
    ],
  ])('ends when the file is refused %s, and starts no other', async (_how, refuse) => {
    let begun = 0;
    readers = {
      ...collect,
      file: () => {
        begun += 1;
        return refuse();
      },
    };
    expect((await send(file('a', 'x'.repeat(3_000_000)) + file('b') + end)).error).toBe('Not this name.');
    expect(begun).toBe(1);
  });

  it('ends when a field is refused, before the file is asked for', async () => {
    let begun = 0;
    readers = {
      file: (name, stream) => {
        begun += 1;
        return collect.file(name, stream);
      },
      field: (name) => {
        if (name === 'stage') throw new Refused('Not this stage.');
      },
    };
    expect((await send(field('stage', 'x') + file('a', 'y'.repeat(3_000_000)) + end)).error).toBe('Not this stage.');
    expect(begun).toBe(0);
    expect((await send(file('a') + field('stage', 'x') + end)).error).toBe('Not this stage.');
  });

  it('notices that the sender is gone', async () => {
    const socket = await begin(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf`);
    socket.destroy();
    await eventually(() => expect(outcomes[0]?.error).toMatch(/connection ended before the file did/));
  });

  it('notices that the sender is silent', async () => {
    idleMs = 150;
    const socket = await begin(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf`);
    await eventually(() => expect(outcomes[0]?.error).toMatch(/Nothing arrived for/));
    socket.destroy();
  });

  it('does not blame the sender for a slow disk', async () => {
    idleMs = 1_500;
    readers = {
      ...collect,
      file: async (name, stream) => {
        let isFirst = true;
        let bytes = 0;
        for await (const piece of stream) {
          if (isFirst) await new Promise((resolve) => setTimeout(resolve, 4_000)); // what a disk under load does
          isFirst = false;
          bytes += piece.length;
        }
        return { name, content: String(bytes) };
      },
    };
    expect((await send(file('a', 'x'.repeat(20_000_000)) + end)).file?.content).toBe('20000000');
  });

  it('settles for any bytes at all, and throws nothing that is not caught', async () => {
    const whole = Buffer.from(field('stage', 'Prod') + file('a.pkg', 'x'.repeat(100)) + field('notes', 'n') + end);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
        fc.nat(whole.length),
        fc.boolean(),
        async (changes, length, isCut) => {
          const body = Buffer.from(whole);
          for (const [at, byte] of changes) body[at] = byte;
          const outcome = await send(isCut ? body.subarray(0, length) : body);
          expect(outcome.error ?? outcome.file).toBeDefined();
        },
      ),
      { numRuns: 300 },
    );
  });
});
