import fastify, { type FastifyInstance } from 'fastify';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, type Socket } from 'node:net';
import { eventually } from '../../../test/support/eventually.js';
import { boundUnreadBodies } from './unread-bodies.js';

const LINGER_MS = 300;

describe('a body that is not read', () => {
  let app: FastifyInstance;
  let socket: Socket;
  let answers: string;

  beforeEach(async () => {
    app = fastify();
    boundUnreadBodies(app, LINGER_MS);
    app.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null));
    app.post('/refuse', (_request, reply) => reply.status(413).send('too large'));
    await app.listen({ port: 0, host: '127.0.0.1' });
    socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    answers = '';
    socket.on('data', (data: Buffer) => (answers += data.toString()));
    socket.write('POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n');
  });
  afterEach(async () => {
    socket.destroy();
    await app.close();
  });
  const answered = (count: number) => eventually(() => expect(answers.split('HTTP/1.1 413').length - 1).toBe(count));

  it('does not keep the client from seeing the answer, nor from asking again on the same connection', async () => {
    await answered(1);
    socket.write(Buffer.alloc(1_000_000));
    socket.write('POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 5\r\n\r\n12345');
    await answered(2);
  });

  it('is not read for ever', async () => {
    await answered(1);
    const closed = once(socket, 'close');
    const feed = setInterval(() => socket.write('x'), 20);
    await closed;
    clearInterval(feed);
  });
});
