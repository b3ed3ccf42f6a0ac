import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, ConsoleMessage, Locator, Page, Request } from 'playwright-core';
import { eventually } from '../support/eventually.js';
import { patient } from '../support/patience.mjs';
import type { ApiCalls } from './api-calls.js';

/** Where pictures of every page go, when they are asked for: they take half the time of the suite. */
const PICTURES = process.env['ODS_TEST_PICTURES'];
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PATIENCE_MS = patient(30_000);
const wide = { width: 1280, height: 860 };
const underSettings = ['Server', 'Users', 'Sign-in', 'Webhooks', 'E-mail', 'Old versions', 'Jamf Pro', 'Munki', 'Audit'];
const narrow = { width: 360, height: 740 };
const medium = { width: 1024, height: 768 };

/** A user in front of the console, who notices what goes wrong in it: errors, foreign requests, barriers. */
export class Visitor {
  /** What the console of the browser called an error, and every request that left the server. */
  readonly complaints: string[] = [];
  /** Answers that this visitor provokes: `401 /api/admin/auth/login`, or `401 *`. The browser calls them errors too. */
  private readonly expected = new Set<string>();

  /** Other sites that the console leads to. */
  private readonly others = new Set<string>();

  private isOutage = false;

  private constructor(
    /** Where the console is: an origin, with a path if it is served under one. */
    readonly base: string,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async arrive(browser: Browser, base: string, calls: ApiCalls): Promise<Visitor> {
    const context = await browser.newContext({ viewport: wide, reducedMotion: 'reduce', colorScheme: 'light', acceptDownloads: true });
    context.setDefaultTimeout(PATIENCE_MS);
    context.setDefaultNavigationTimeout(PATIENCE_MS);
    const page = await context.newPage();
    const visitor = new Visitor(base, context, page);
    page.on('request', (request) => visitor.see(request, calls));
    page.on('console', (message) => visitor.hear(message));
    page.on('pageerror', (error) => visitor.complaints.push(`page error: ${error.message}`));
    await page.goto(`${base}/`);
    return visitor;
  }

  async leave(): Promise<void> {
    await this.context.close();
  }

  /** These answers are part of what is tried. */
  expect(...answers: string[]): void {
    for (const answer of answers) this.expected.add(answer);
  }

  /** The console leads to this other site, which is no part of it. */
  mayVisit(origin: string): void {
    this.others.add(origin);
  }

  /** From now on the server may be away. */
  awaitOutage(): void {
    this.isOutage = true;
  }

  outageIsOver(): void {
    this.isOutage = false;
  }

  /** From here on these are complaints again. */
  unexpect(answer: string): void {
    this.expected.delete(answer);
  }

  async signIn({ username, password }: { username: string; password: string }): Promise<void> {
    await this.page.getByLabel('User name').fill(username);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.button('Sign in').click();
  }

  /** Through the links at the top, as people do. */
  async open(page: string, heading = page): Promise<void> {
    if (page === 'Overview') await this.page.getByRole('link', { name: 'ODS, overview' }).click();
    else if (underSettings.includes(page)) {
      await this.link('Main', 'Settings').click();
      await this.link('Settings', page).click();
    } else await this.link('Main', page).click();
    await this.heading(heading).waitFor();
  }

  private link(navigation: string, name: string): Locator {
    return this.page.getByRole('navigation', { name: navigation }).getByRole('link', { name, exact: true });
  }

  /** Typed into the address bar. */
  async go(address: string): Promise<void> {
    await this.page.goto(this.base + address);
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole('heading', { name, exact: true });
  }

  menuItem(name: string | RegExp): Locator {
    return this.page.getByRole('menuitem', { name, exact: true });
  }

  /** A row of a table; of the one in a certain region of the page when there are several. */
  row(text: string, region?: string): Locator {
    const place = region === undefined ? this.page : this.page.getByRole('region', { name: region });
    return place.getByRole('row').filter({ hasText: text });
  }

  dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  /** Waits until the text can be read. */
  async reads(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  /** Judges what is shown: each theme and each width once. */
  async look(name: string): Promise<void> {
    const findings: string[] = [];
    await this.inPage('scrollTo(0, 0)');
    for (const [viewport, colorScheme] of [
      [narrow, 'dark'],
      [wide, 'light'],
    ] as const) {
      await this.page.setViewportSize(viewport);
      await this.wear(colorScheme);
      const where = `${name} ${colorScheme} ${viewport.width}`;
      findings.push(...(await this.barriers()).map((finding) => `${where}: ${finding}`));
      const overflow = await this.inPage<number>('document.documentElement.scrollWidth - window.innerWidth');
      if (overflow > 0) findings.push(`${name}: ${overflow} px wider than a screen of ${viewport.width}`);
    }
    await this.keepPictures(name);
    expect(findings).toEqual([]);
  }

  private async wear(colorScheme: 'dark' | 'light'): Promise<void> {
    await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // The theme is painted with the frame after next; a browser that has no time to paint may leave frames out.
    await this.inPage('new Promise((on) => { setTimeout(on, 3000); requestAnimationFrame(() => requestAnimationFrame(on)); })');
  }

  private async keepPictures(name: string): Promise<void> {
    if (PICTURES === undefined) return;
    mkdirSync(PICTURES, { recursive: true });
    for (const viewport of [narrow, medium, wide]) {
      await this.page.setViewportSize(viewport);
      for (const colorScheme of ['dark', 'light'] as const) {
        await this.wear(colorScheme);
        const file = `${name} ${colorScheme} ${viewport.width}`.replaceAll(' ', '-');
        await this.page.screenshot({ path: path.join(PICTURES, `${file}.png`), fullPage: true });
      }
    }
    await this.page.setViewportSize(wide);
  }

  /** Runs a script in the page. Playwright waits for one without an end; here it has the time of every other step. */
  async inPage<T = unknown>(script: string): Promise<T> {
    const tooLate = new AbortController();
    const timer = delay(PATIENCE_MS, undefined, { signal: tooLate.signal }).then(() => {
      throw new Error(`The page has not finished within ${PATIENCE_MS} ms: ${script.slice(0, 100)}`);
    });
    timer.catch(() => undefined); // it is ended when the page was faster
    try {
      return await Promise.race([this.page.evaluate<T>(script), timer]);
    } finally {
      tooLate.abort();
    }
  }

  /** What stays: messages that just come or go are half transparent for a moment, and not read out yet. */
  private async barriers(): Promise<string[]> {
    await this.inPage(axeSource);
    let found = ['nothing was judged in time'];
    const settled = async (): Promise<void> => {
      found = await this.judged();
      if (found.length > 0) throw new Error(found.join());
    };
    await eventually(settled, { timeoutMs: 8_000, everyMs: 300 }).catch(() => undefined);
    return found;
  }

  private async judged(): Promise<string[]> {
    const { violations } = await this.inPage<AxeResults>('axe.run()');
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
  }

  private see(request: Request, calls: ApiCalls): void {
    const url = new URL(request.url());
    if (['data:', 'blob:', 'about:'].includes(url.protocol)) return;
    if (this.others.has(url.origin)) return;
    const base = new URL(this.base);
    const prefix = base.pathname === '/' ? '' : base.pathname;
    if (url.origin !== base.origin || !url.pathname.startsWith(prefix)) this.complaints.push(`request to ${url.href}`);
    const pathname = url.pathname.slice(prefix.length);
    if (pathname.startsWith('/api/')) calls.note(request.method(), pathname);
  }

  private hear(message: ConsoleMessage): void {
    if (message.type() !== 'error') return;
    const status = /status of (\d+)/.exec(message.text())?.[1];
    if (this.isOutage && (message.text().includes('net::ERR_') || status === '503')) return;
    const address = message.location().url;
    if (URL.canParse(address) && this.others.has(new URL(address).origin)) return;
    const answer = status === undefined || address === '' ? null : `${status} ${new URL(address).pathname}`;
    if (answer !== null && (this.expected.has(answer) || this.expected.has(`${status} *`))) return;
    this.complaints.push(answer ?? message.text());
  }

  /** Reads a value that settles: a count, a text. */
  eventually<T>(check: () => Promise<T>): Promise<T> {
    return eventually(check, { everyMs: 100 });
  }
}
