import { build, stop } from 'esbuild';
import path from 'node:path';
import { inRoot } from '../root.mjs';

const PROGRAM = 'dist/libs/inspection/child/inspect-child.js';

const commonJs = `
import { createRequire as odsCreateRequire } from 'node:module';
const require = odsCreateRequire(import.meta.url);
`;

/** The program of one inspection as one file at the place where the server looks for it. @param {string} directory of the runtime */
export async function bundleInspection(directory) {
  const bundled = build({
    entryPoints: [inRoot(PROGRAM)],
    outfile: path.join(directory, PROGRAM),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
    banner: { js: commonJs },
  });
  await bundled.finally(stop); // its helper process
}
