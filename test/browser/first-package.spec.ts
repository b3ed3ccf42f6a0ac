import { randomBytes } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { isLeftOut, type Service, startNginx } from '../support/services.js';
import { TestServer } from '../support/test-server.js';
import { ApiCalls } from './api-calls.js';
import { startChromium } from './chromium.js';
import { Visitor } from './visitor.js';

const FIRST = { username: 'admin', password: 'ods1234!' } as const;
const OWN = 'four calm otters swim';

const underPath = (prefix: string, port: number, serverPort: number): string => `
server {
  listen 127.0.0.1:${port};
  client_max_body_size 0;
  location ${prefix}/ {
    proxy_pass http://127.0.0.1:${serverPort}/;
    proxy_http_version 1.1;
    proxy_buffering off;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Prefix ${prefix};
  }
}`;

/** Where the console is opened, and what is between. */
const places = [
  ['at the root of the server', null],
  ['under a path of nginx', '/ods'],
] as const;

(['chromium', 'nginx'].some(isLeftOut) ? describe.skip : describe).each(places)('the first package, %s', (_where, prefix) => {
  let browser: Browser;
  let server: TestServer;
  let nginx: Service | null = null;
  let base: string;

  beforeAll(async () => {
    browser = await startChromium();
    server = await TestServer.start('first', { ADMIN_PASSWORD: undefined, TRUST_PROXY: prefix !== null });
    if (prefix !== null) nginx = await startNginx((port: number) => underPath(prefix, port, server.port));
    base = nginx ? nginx.url + prefix : server.url;
  });
  afterAll(async () => {
    await browser.close();
    await nginx?.dispose();
    await server.dispose();
  });

  it('is uploaded, downloaded and deleted by a new administrator', async () => {
    const visitor = await Visitor.arrive(browser, base, new ApiCalls());
    await visitor.signIn(FIRST);
    await visitor.heading('Set a new password').waitFor();
    await visitor.page.getByLabel('Current password').fill(FIRST.password);
    await visitor.page.getByLabel('New password', { exact: true }).fill(OWN);
    await visitor.page.getByLabel('New password, once more').fill(OWN);
    await visitor.button('Set password').click();
    await visitor.heading('First steps').waitFor();

    const file = { name: 'NoMAD.pkg', mimeType: 'application/octet-stream', buffer: randomBytes(300_000) };
    await visitor.open('Packages');
    await visitor.page.locator('input[type=file]').setInputFiles(file);
    await visitor.row(file.name).getByText('Public').waitFor();
    expect((await server.downloaded(file.name)).equals(file.buffer)).toBe(true);

    await visitor.page.reload(); // the address in the browser leads to the page again
    await visitor.row(file.name).getByText('Public').waitFor();
    await visitor.button(`Actions for ${file.name}`).click();
    await visitor.menuItem('Delete…').click();
    await visitor
      .dialog()
      .getByRole('button', { name: /^Delete/ })
      .click();
    await visitor.row(file.name).waitFor({ state: 'detached' });
    expect(visitor.complaints).toEqual([]);
  });
});
