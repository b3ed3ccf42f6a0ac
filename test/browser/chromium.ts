import { type Browser, chromium } from 'playwright-core';
import { requireProgram } from '../support/programs.mjs';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser that Debian ships, without a window. */
export const startChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: requireProgram('chromium'), headless: true, args: flags, timeout: 60_000 });
