import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Session } from '../session/session';
import { Live } from './live';

describe('Live', () => {
  const streams: AbortSignal[] = [];
  let isHidden = false;
  const usual = globalThis.fetch;

  /** A stream that sends nothing and ends only when it is aborted. */
  const silent = (_url: unknown, init?: RequestInit): Promise<Response> =>
    new Promise((_resolve, reject) => {
      const { signal: stop } = init as { signal: AbortSignal };
      streams.push(stop);
      stop.addEventListener('abort', () => reject(new Error('let go')));
    });
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
  const hide = async (hidden: boolean): Promise<void> => {
    isHidden = hidden;
    document.dispatchEvent(new Event('visibilitychange'));
    await settle();
  };

  beforeEach(() => {
    streams.length = 0;
    isHidden = false;
    globalThis.fetch = silent as typeof fetch;
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden });
    TestBed.configureTestingModule({ providers: [{ provide: Session, useValue: { accessToken: 'x', state: signal('signed-in') } }] });
  });
  afterEach(() => {
    globalThis.fetch = usual;
    Reflect.deleteProperty(document, 'hidden');
  });

  it('closes its connection while the tab is hidden, and opens it again', async () => {
    const leaving = new AbortController();
    const listening = TestBed.inject(Live).listen(leaving.signal);
    await settle();
    expect(streams.map(({ aborted }) => aborted)).toEqual([false]);
    await hide(true);
    expect(streams.map(({ aborted }) => aborted)).toEqual([true]);
    await hide(false);
    expect(streams.map(({ aborted }) => aborted)).toEqual([true, false]);
    leaving.abort();
    await listening;
    expect(streams.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  it('ends while it waits to be seen', async () => {
    isHidden = true;
    const leaving = new AbortController();
    const listening = TestBed.inject(Live).listen(leaving.signal);
    await settle();
    leaving.abort();
    await listening;
    expect(streams.filter(({ aborted }) => !aborted)).toEqual([]);
  });
});
