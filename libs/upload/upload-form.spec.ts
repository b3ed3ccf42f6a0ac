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
    ['a file without a field', part('Content-Disposition: form-data; filename="a"', 'x') + end, /must be in the field "file"/],
    ['a long field', field('notes', 'x'.repeat(9_000)) + file('a') + end, /"notes" is too long/],
    ['a long field without a name', part('Content-Disposition: form-data', 'x'.repeat(9_000)) + end, /is too long/],
    ['many fields', field('x', '1').repeat(17) + file('a') + end, /too many fields/],
    ['a part that is not form-data', part('Content-Disposition: attachment; filename="a"', 'x') + end, /no file/],
    ['a part without headers', part('', 'x') + end, /no file|not valid/],
    [
      'a file without its end',
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf`,
      /not valid|ended before/,
    ],
    ['a field without its end', `${file('a')}--${boundary}\r\nContent-Disposition: form-data; name="stage"\r\n\r\nPr`, /not valid/],
    ['something else', 'hello', /not valid|no file/],
    ['nothing', '', /not valid|no file/],
  ])('says what is wrong with a form with %s', async (_what, body, reason) => {
    expect((await send(body)).error).toMatch(reason);
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
    idleMs = 100;
    readers = {
      ...collect,
      file: async (name, stream) => {
        let isFirst = true;
        let bytes = 0;
        for await (const piece of stream) {
          if (isFirst) await new Promise((resolve) => setTimeout(resolve, 600)); // what a disk under load does
          isFirst = false;
          bytes += piece.length;
        }
        return { name, content: String(bytes) };
      },
    };
    expect((await send(file('a', 'x'.repeat(20_000_000)) + end)).file?.content).toBe('20000000');
  });

  it('settles for any bytes at all, and nothing is thrown where nobody catches it', async () => {
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
