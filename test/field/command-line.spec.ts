import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const project = path.resolve(import.meta.dirname, '../..');

/** `ods` with an account of a server that is not there: wrong words are refused before anything is called. */
function ods(...args: string[]): { code: number | null; out: string; error: string } {
  const env = { PATH: process.env['PATH'], XDG_CONFIG_HOME: '/nonexistent', ODS_URL: 'http://127.0.0.1:9', ODS_TOKEN: 'ods_x' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(project, 'bin/ods'), ...args], { env, encoding: 'utf8' });
  return { code: status, out: stdout, error: stderr };
}

describe('the words of ods', () => {
  it('says its version', () => {
    const { version } = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8')) as { version: string };
    expect(ods('--version')).toEqual({ code: 0, out: `${version}\n`, error: '' });
  });

  it('has help for each command, with its own options alone', () => {
    for (const args of [
      ['upload', '--help'],
      ['help', 'upload'],
      ['upload', '-h'],
    ]) {
      const { code, out } = ods(...args);
      expect([code, out]).toEqual([0, expect.stringMatching(/--chunk-size <size>[\s\S]*--json/)]);
      expect(out).not.toContain('--user');
    }
    expect(ods('list', '--help').out).toMatch(/--status[\s\S]*--json/);
    expect(ods()).toMatchObject({ code: 0, out: expect.stringContaining('ods upload FILE...') });
  });

  it.each([
    [['upload', 'a.pkg', '--stge', 'Test'], '--stage'],
    [['upload', 'a.pkg', '--Stage', 'Test'], '--Stage'],
    [['upload', 'a.pkg', '--replce'], '--replace'],
    [['upload', 'a.pkg', '--user', 'x'], '--user'], // of another command
    [['list', '--stage', 'Prod', '--wait'], '--wait'],
    [['delete', 'a.pkg', '--force'], '--force'],
    [['uplaod', 'a.pkg'], 'upload'],
    [['show', 'a.pkg', 'b.pkg'], 'too many arguments'],
    [['upload', 'a.pkg', '--stage'], '--stage'],
  ])('refuses %j before it calls anybody', (args, said) => {
    expect(ods(...args)).toMatchObject({ code: 2, out: '', error: expect.stringContaining(said) });
  });

  it('takes --json before and after the command', () => {
    for (const args of [
      ['--json', 'list'],
      ['list', '--json'],
    ])
      expect(ods(...args)).toMatchObject({ code: 3, error: expect.stringContaining('does not answer') });
  });

  it('completes the options of a command', () => {
    const { out } = ods('completion', 'bash');
    expect(out).toContain('--chunk-size');
    expect(/ {4}list\) options="([^"]*)"/.exec(out)?.[1]).toBe('--stage --status --json --help');
  });
});
