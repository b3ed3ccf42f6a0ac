import { DomainEvent } from '#libs/entities/domain-event.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { DomainEventRepository } from '#libs/events/domain-event.repository.js';
import { EventDispatcher } from '#libs/events/event-dispatcher.js';
import { Database } from '#libs/platform/database/database.js';
import { AdminCaller } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { forEachDatabase } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { scratchDir } from '../support/services.js';
import { EventReader } from './event-reader.js';

const PASSWORD = 'vermilion otter teapot';

forEachDatabase((database) =>
  describe('events', () => {
    let first: AppInProcess;
    let second: AppInProcess;
    let admin: AdminCaller;
    const open: EventReader[] = [];

    beforeAll(async () => {
      const dataDir = scratchDir('live');
      const start = (withJobs: boolean) => startApp({ dataDir, withJobs, env: { ADMIN_PASSWORD: PASSWORD, DATABASE_URL: database.url } });
      first = await start(true);
      second = await start(false);
      admin = new AdminCaller(first.url);
      await admin.signIn({ username: 'admin', password: PASSWORD });
    });
    afterEach(() => {
      for (const reader of open.splice(0)) reader.close();
    });
    afterAll(() => Promise.all([first.stop(), second.stop()]));

    const listen = async (app: AppInProcess, lastId?: string, token = admin.token!): Promise<EventReader> => {
      const reader = await EventReader.open(app.url, token, lastId);
      open.push(reader);
      await eventually(() => expect(reader.lastId).not.toBe(''));
      return reader;
    };
    const record = (app: AppInProcess, filename: string): Promise<void> =>
      app.app.get(DomainEvents).record('package.uploaded', { filename });
    const names = (reader: EventReader): unknown[] => reader.events.map(({ data }) => (data['data'] as { filename: string }).filename);

    it('reach whoever listens, at whichever replica, in order, and none is missed while away', async () => {
      const [here, there] = [await listen(first), await listen(second)];
      expect(here.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      await record(first, 'a');
      await record(second, 'b');
      for (const reader of [here, there]) await eventually(() => expect(names(reader)).toEqual(['a', 'b']));
      expect(here.events).toEqual(there.events);
      expect(here.events[0]).toMatchObject({
        type: 'package.uploaded',
        data: { id: Number(here.events[0]!.id), type: 'package.uploaded' },
      });
      here.close();
      await record(second, 'c');
      const again = await listen(second, here.lastId);
      await eventually(() => expect(names(again)).toEqual(['c']));
      const fromTheStart = await listen(first, String(Number(here.events[0]!.id) - 1));
      await eventually(() => expect(names(fromTheStart)).toEqual(['a', 'b', 'c']));
    });

    it('are numbered in the order of their commits, so that a reader that follows misses none', async () => {
      const events = first.app.get(DomainEventRepository);
      const begin = await events.newestId();
      const seen: number[] = [];
      let isDone = false;
      const follow = (async () => {
        for (let position = begin; !isDone || (await events.newestId()) > position;) {
          for (const { id } of await events.findAfter(position, 100)) {
            seen.push(id);
            position = id;
          }
        }
      })();
      const many = Array.from({ length: 60 }, (_, index) => record(index % 2 ? first : second, `parallel ${index}`));
      await Promise.all(many);
      isDone = true;
      await follow;
      expect(seen).toEqual(Array.from({ length: 60 }, (_, index) => begin + 1 + index));
    });

    it('are not sent when their change did not happen', async () => {
      const begin = await first.app.get(DomainEventRepository).newestId();
      const undone = first.app.get(Database).transaction(async () => {
        await record(first, 'undone');
        throw new Error('changed my mind');
      });
      await expect(undone).rejects.toThrow('changed my mind');
      expect(await first.app.get(DomainEventRepository).newestId()).toBe(begin);
    });

    it('that only administrators may know are kept from others', async () => {
      await admin.send('POST', 'users', { username: 'vera', password: 'quiet harbour lantern', role: 'viewer' });
      const vera = new AdminCaller(first.url);
      await vera.signIn({ username: 'vera', password: 'quiet harbour lantern' });
      if ((await vera.send('GET', 'packages')).status === 403) {
        await vera.send('POST', 'auth/password', { current_password: 'quiet harbour lantern', new_password: 'quiet harbour lantern 2' });
        await vera.signIn({ username: 'vera', password: 'quiet harbour lantern 2' });
      }
      const [hers, theirs] = [await listen(first, undefined, vera.token!), await listen(first)];
      await first.app.get(DomainEvents).record('sign_in.locked_out', { username: 'x' });
      await record(first, 'after');
      await eventually(() => expect(theirs.events.map(({ type }) => type)).toEqual(['sign_in.locked_out', 'package.uploaded']));
      await eventually(() => expect(hers.events.map(({ type }) => type)).toEqual(['package.uploaded']));
      expect(hers.lastId).toBe(theirs.lastId);
    });

    it('say that a page must load anew when it was away too long, or comes from the future', async () => {
      const gone = await listen(first, '999999999');
      await eventually(() => expect(gone.events.map(({ type }) => type)).toEqual(['reset']));
      await record(first, 'x');
      const oldest = (await first.app.get(DomainEventRepository).oldestId())!;
      await first.app.get(Database).manager.delete(DomainEvent, { id: oldest });
      const late = await listen(first, String(oldest - 1));
      await eventually(() => expect(late.events.map(({ type }) => type)).toEqual(['reset']));
      expect(Number(late.lastId)).toBe(await first.app.get(DomainEventRepository).newestId());
    });

    it('end with the sign-in, and need one', async () => {
      const guest = new AdminCaller(second.url);
      await guest.signIn({ username: 'admin', password: PASSWORD });
      const reader = await listen(first, undefined, guest.token!);
      await guest.send('POST', 'auth/logout');
      await record(first, 'not for a guest');
      await eventually(() => expect(reader.isEnded).toBe(true));
      expect(names(reader)).toEqual([]);
      expect((await EventReader.open(first.url, 'no-token')).response.status).toBe(401);
    });

    it('are refused to one who opens too many', async () => {
      const readers = await Promise.all(Array.from({ length: 20 }, () => listen(first)));
      await eventually(async () => expect((await EventReader.open(first.url, admin.token!)).response.status).toBe(429));
      for (const reader of readers) reader.close();
      await eventually(async () => {
        const again = await EventReader.open(first.url, admin.token!);
        open.push(again);
        expect(again.response.status).toBe(200);
      });
    });

    it('are taken exactly once by each consumer, also when it fails in between', async () => {
      const taken: number[] = [];
      let failures = 2;
      const dispatcher = first.app.get(EventDispatcher);
      const consumer = {
        name: `test-${database.kind}`,
        take: (events: readonly DomainEvent[]): Promise<void> => {
          if (failures-- > 0) return Promise.reject(new Error('not now'));
          taken.push(...events.map(({ id }) => id));
          return Promise.resolve();
        },
      };
      await dispatcher.dispatch(new AbortController().signal);
      dispatcher.add(consumer);
      await dispatcher.dispatch(new AbortController().signal); // takes its place in the row
      const begin = await first.app.get(DomainEventRepository).newestId();
      for (let index = 0; index < 5; index += 1) await record(second, `consumed ${index}`);
      await eventually(() => expect(taken).toEqual([1, 2, 3, 4, 5].map((index) => begin + index)));
    });
  }),
);
