import type { Browser } from 'playwright-core';
import type { TestServer } from '../support/test-server.js';
import type { ApiCalls } from './api-calls.js';
import type { Visitor } from './visitor.js';

export const MB = 1_048_576;
export const FIRST = { username: 'admin', password: 'ods1234!' } as const;
/** The administrator's at Berlin, from the first sign-in on. */
export const OWN = { username: 'admin', password: 'four calm otters swim' } as const;

/** What the flows of the browser suite share: two servers and an administrator at each. */
export interface Places {
  readonly browser: Browser;
  readonly calls: ApiCalls;
  readonly berlin: TestServer;
  readonly oslo: TestServer;
  readonly atBerlin: Visitor;
  readonly atOslo: Visitor;
}
