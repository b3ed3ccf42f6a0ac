import { readFileSync } from 'node:fs';
import { settingsPage } from './settings-page.js';

describe('docs/configuration.md', () => {
  it('says what the code says; "npm run openapi" writes it', () => {
    expect(readFileSync('docs/configuration.md', 'utf8')).toBe(settingsPage());
  });
});
