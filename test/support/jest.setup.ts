import { jest } from '@jest/globals';

/**
 * A net for what hangs: every wait inside a test ends earlier, with the error that says what was missing. The same for all tests, so that
 * none judges by the clock.
 */
jest.setTimeout(1_200_000);
