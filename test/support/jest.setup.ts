import { jest } from '@jest/globals';

/** Real servers, databases and browsers start inside these tests. */
jest.setTimeout(180_000);
