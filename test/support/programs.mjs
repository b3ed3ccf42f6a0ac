import { accessSync, constants, readdirSync } from 'node:fs';
import path from 'node:path';

/**
 * A program the tests start themselves.
 * @typedef {{ name: string, commands: string[], apt: string, variable: string, usedBy: string }} Program
 */

/** @type {readonly Program[]} */
export const programs = [
  {
    name: 'redis',
    commands: ['redis-server'],
    apt: 'redis-server',
    variable: 'REDIS_SERVER',
    usedBy: 'the queue on Redis and the separate worker',
  },
  {
    name: 'mariadb',
    commands: ['mariadbd', 'mysqld'],
    apt: 'mariadb-server-core',
    variable: 'MARIADBD',
    usedBy: 'the database suites on MariaDB',
  },
  {
    name: 'postgres',
    commands: ['postgres'],
    apt: 'postgresql',
    variable: 'POSTGRES',
    usedBy: 'the database suites on PostgreSQL',
  },
  {
    name: 'nginx',
    commands: ['nginx'],
    apt: 'nginx',
    variable: 'NGINX',
    usedBy: 'downloads behind nginx',
  },
  {
    name: 'chromium',
    commands: ['chromium', 'chromium-browser', 'google-chrome'],
    apt: 'chromium',
    variable: 'CHROMIUM',
    usedBy: 'the console in a browser',
  },
  {
    name: 'promtool',
    commands: ['promtool'],
    apt: 'prometheus',
    variable: 'PROMTOOL',
    usedBy: 'the rules for alerts',
  },
  ...[
    ['curl', 'curl', 'CURL'],
    ['wget', 'wget', 'WGET'],
    ['aria2c', 'aria2', 'ARIA2C'],
    ['rclone', 'rclone', 'RCLONE'],
    ['python3', 'python3', 'PYTHON3'],
  ].map(([command = '', apt = '', variable = '']) => ({
    ...{ name: command, commands: [command], apt, variable },
    usedBy: 'clients as they are in the field',
  })),
  ...[
    ['dpkg-deb', 'dpkg', 'DPKG_DEB'],
    ['rpmbuild', 'rpm', 'RPMBUILD'],
    ['wixl', 'wixl', 'WIXL'],
    ['osslsigncode', 'osslsigncode', 'OSSLSIGNCODE'],
    ['7zz', '7zip', 'SEVEN_ZIP'],
    ['xorriso', 'xorriso', 'XORRISO'],
  ].map(([command = '', apt = '', variable = '']) => ({
    ...{ name: command, commands: [command], apt, variable },
    usedBy: 'the inspection of real packages',
  })),
  ...[
    ['bsdtar', 'libarchive-tools', 'BSDTAR'],
    ['msiinfo', 'msitools', 'MSIINFO'],
  ].map(([command = '', apt = '', variable = '']) => ({
    ...{ name: command, commands: [command], apt, variable },
    usedBy: 'the installers for macOS and Windows',
  })),
  ...[
    ['apache', 'apache2', 'APACHE'],
    ['haproxy', 'haproxy', 'HAPROXY'],
  ].map(([name = '', command = '', variable = '']) => ({
    ...{ name, commands: [command], apt: command, variable },
    usedBy: 'reverse proxies of other makes',
  })),
];

/** Where servers are kept apart from what users run. */
function directories() {
  const postgres = '/usr/lib/postgresql';
  const versions = subdirectories(postgres).sort((a, b) => Number(b) - Number(a));
  return [
    ...(process.env['PATH'] ?? '').split(path.delimiter).filter((entry) => entry !== ''),
    ...versions.map((version) => path.join(postgres, version, 'bin')),
    '/usr/sbin',
    '/usr/local/sbin',
    '/opt/homebrew/sbin',
    '/opt/homebrew/bin',
  ];
}

/** @param {string} directory @returns {string[]} */
function subdirectories(directory) {
  try {
    return readdirSync(directory);
  } catch {
    return []; // not installed that way
  }
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string[]} commands @returns {string | null} the first of these commands that is installed */
export function findCommand(...commands) {
  for (const command of commands) {
    const file = directories()
      .map((directory) => path.join(directory, command))
      .find(isExecutable);
    if (file !== undefined) return file;
  }
  return null;
}

/** @param {string} name @param {readonly Program[]} among @returns {string | null} its path */
export function findProgram(name, among = programs) {
  const program = among.find((each) => each.name === name);
  if (program === undefined) throw new Error(`The tests know no program "${name}".`);
  return process.env[program.variable] ?? findCommand(...program.commands);
}

/** @param {string} name @returns {string} */
export function requireProgram(name) {
  const file = findProgram(name);
  if (file !== null) return file;
  const { apt, variable } = /** @type {Program} */ (programs.find((each) => each.name === name));
  throw new Error(`${name} is not installed. On Debian: apt-get install ${apt}. Elsewhere set ${variable} to its path.`);
}

/** @param {string} name @returns {boolean} whether this run leaves it out on request */
export function isLeftOut(name) {
  return (process.env['ODS_TEST_WITHOUT'] ?? '').split(',').includes(name);
}
