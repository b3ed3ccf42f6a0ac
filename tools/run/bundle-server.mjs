import { build, stop } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { inRoot } from './root.mjs';

const OUT = 'dist/bundle';
const programs = { api: 'apps/api', worker: 'apps/worker', 'ods-admin': 'apps/admin', ods: 'apps/cli' };

/** What CommonJS packages expect to find, in a module that has none of it. */
const commonJs = `
import { createRequire as odsCreateRequire } from 'node:module';
import { fileURLToPath as odsPathOf } from 'node:url';
import { dirname as odsDirname } from 'node:path';
const require = odsCreateRequire(import.meta.url);
const __filename = odsPathOf(import.meta.url);
const __dirname = odsDirname(__filename);
`;

/** Names the file and no lines of it: a map of all that others wrote would be ten times the size of ours, and is read at each start. */
const briefMap = (file) => {
  const map = JSON.stringify({ version: 3, sources: [path.basename(file)], mappings: 'AAAA' });
  return `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
};

/** Our modules go on finding files beside the place that they were compiled to, and the maps of others' are brief. */
const places = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]dist[\\/].*\.js$/, namespace: 'file' }, async ({ path: file }) => {
      const inDist = path.relative(inRoot('dist'), file);
      const text = await readFile(file, 'utf8');
      if (inDist.startsWith('..') || !text.includes('import.meta')) return undefined;
      const url = `new URL(${JSON.stringify(`../${inDist.split(path.sep).join('/')}`)}, import.meta.url)`;
      const contents = text.replaceAll(/(, )?import\.meta\.(url|dirname)/g, (_found, comma = '', what) =>
        what === 'dirname' ? `${comma}odsDirname(odsPathOf(${url}))` : comma + url + (comma === '' ? '.href' : ''),
      );
      return { contents, loader: 'js' };
    });
    onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/, namespace: 'file' }, async ({ path: file }) => ({
      contents: (await readFile(file, 'utf8')) + briefMap(file),
      loader: 'js',
    }));
  },
};

/**
 * Packages that are not installed are options of others (drivers of databases, say), which look for them when they need them. What is imported
 * when it is needed is left to Node, too: of a CommonJS package esbuild would give the default export alone.
 */
const others = {
  name: 'others',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./#]/ }, async ({ path: name, pluginData, ...place }) => {
      if (pluginData === others) return undefined;
      const found = await resolve(name, { ...place, pluginData: others });
      const isOurs = found.path.startsWith(inRoot(`node_modules/${name}/`));
      if (found.errors.length > 0 || (place.kind === 'dynamic-import' && isOurs)) return { path: name, external: true };
      return found;
    });
  },
};

/**
 * Puts what was compiled and the packages that it needs into a few files: a start reads two thousand fewer, and takes half the processor time.
 * Names of classes stay, as they are the names of schemas in the API and of what logs.
 */
export async function bundleServer() {
  rmSync(inRoot(OUT), { recursive: true, force: true });
  const bundled = build({
    entryPoints: Object.fromEntries(Object.entries(programs).map(([name, folder]) => [name, inRoot(`dist/${folder}/src/main.js`)])),
    outdir: inRoot(OUT),
    chunkNames: 'chunk-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    keepNames: true,
    minifyWhitespace: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
    logOverride: { 'duplicate-object-key': 'silent' }, // the Swagger plugin repeats what a decorator says
    // The first two are native; Nest imports the next two when it needs them, and they are to be the same that our classes use; the last one is
    // large, and is read by servers on SQL Server alone.
    external: ['better-sqlite3', 'better-sqlite3-napi', 'class-transformer', 'class-validator', 'mssql'],
    banner: { js: commonJs },
    plugins: [others, places],
    metafile: true,
  });
  const { metafile } = await bundled.finally(stop); // its helper process
  writeFileSync(inRoot(OUT, 'packages.json'), JSON.stringify(packagesBeside(metafile)));
}

/**
 * The installed packages that the bundle still loads from node_modules.
 * @param {import('esbuild').Metafile} metafile
 */
function packagesBeside({ outputs }) {
  const imports = Object.values(outputs).flatMap((output) => output.imports.filter(({ external }) => external));
  const names = imports.map(({ path: name }) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
  return [...new Set(names)].filter((name) => !isBuiltin(name) && existsSync(inRoot('node_modules', name, 'package.json'))).sort();
}
