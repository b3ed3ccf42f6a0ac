// Run by the installer, as the system, between the registration of the service and its start: makes what the service needs beside the program.
// Run again by an upgrade, it changes nothing that is there.
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const SYSTEM = '*S-1-5-18';
const ADMINISTRATORS = '*S-1-5-32-544';
/** NT AUTHORITY\LocalService, whose name depends on the language of Windows. */
const SERVICE = '*S-1-5-19';
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';

const home = path.join(process.env.ProgramData, 'ODS');
const tool = (name, ...args) => {
  const options = { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true };
  execFileSync(path.join(process.env.SystemRoot, 'System32', `${name}.exe`), args, options);
};

/** The service reads all of it and changes data and logs; other users see nothing. */
function makeDirectories() {
  mkdirSync(home, { recursive: true });
  const rights = [`${SYSTEM}:(OI)(CI)F`, `${ADMINISTRATORS}:(OI)(CI)F`, `${SERVICE}:(OI)(CI)RX`];
  tool('icacls', home, '/inheritance:r', '/grant:r', ...rights);
  for (const name of ['data', 'logs']) {
    mkdirSync(path.join(home, name), { recursive: true });
    tool('icacls', path.join(home, name), '/grant:r', `${SERVICE}:(OI)(CI)M`);
  }
}

function makeSettings() {
  const settings = path.join(home, 'ods.conf');
  if (existsSync(settings)) return;
  const template = readFileSync(path.join(import.meta.dirname, 'ods.conf'), 'utf8');
  writeFileSync(settings, template.replaceAll('{home}', home).replace(/\r?\n/g, '\r\n'));
}

function makePassword() {
  const file = path.join(home, 'admin-password');
  if (existsSync(file) && statSync(file).size > 0) return;
  writeFileSync(file, Array.from({ length: 20 }, () => LETTERS[randomInt(LETTERS.length)]).join(''));
}

/** Windows starts the service again when it ends without being stopped. */
function restartOnFailure() {
  tool('sc', 'failure', 'ods', 'reset=', '86400', 'actions=', 'restart/5000/restart/5000/restart/60000');
}

try {
  makeDirectories();
  makeSettings();
  makePassword();
  restartOnFailure();
} catch (error) {
  // The installer shows nothing of it, and takes back what it did.
  appendFileSync(
    path.join(home, 'setup-errors.log'),
    `${new Date().toISOString()} ${error.stack}\n${error.stdout ?? ''}${error.stderr ?? ''}\n`,
  );
  process.exitCode = 1;
}
