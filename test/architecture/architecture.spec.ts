import { functionsOf } from './function-sizes.js';
import { cyclesOf, filesIn, ImportGraph, textOf } from './import-graph.js';

// The rules of ARCHITECTURE.md that take the whole tree to see. What one file name shows is in eslint.config.mjs.

const isSpec = (file: string): boolean => /\.(?:spec|testing)\.ts$/.test(file);
const isGenerated = (file: string): boolean => file.startsWith('libs/api-client/');
const isCounted = (file: string): boolean => !isSpec(file) && !isGenerated(file);

const serverFiles = ['apps/api', 'apps/worker', 'libs'].flatMap((folder) => filesIn(folder, /\.ts$/)).filter(isCounted);
const consoleFiles = filesIn('apps/console/src', /\.ts$/).filter(isCounted);
const graph = ImportGraph.of([...serverFiles, 'ormconfig.ts', ...consoleFiles]);

/** Folders of libs that are no feature: everybody may build on them. */
const foundations = ['platform', 'entities', 'replication', 'migrations', 'api-client'];
const libOf = (file: string): string | null => /^libs\/([^/]+)\//.exec(file)?.[1] ?? null;
const featureOf = (file: string): string | null => {
  const lib = libOf(file);
  return lib === null || foundations.includes(lib) ? null : lib;
};
const features = [...new Set(serverFiles.map(featureOf))].filter((name) => name !== null);

/** Imports from one feature to another, as [importer, imported]. */
const acrossFeatures = serverFiles.flatMap((file) =>
  graph
    .importsOf(file)
    .map(({ file: target }) => [file, target ?? ''] as const)
    .filter(([from, to]) => featureOf(from) !== null && featureOf(to) !== null && featureOf(from) !== featureOf(to)),
);

describe('the tree', () => {
  it('is there to be judged', () => {
    expect(serverFiles.length).toBeGreaterThan(50);
    expect(consoleFiles.length).toBeGreaterThan(2);
  });

  it('has no file above 300 lines', () => {
    const counted = [...graph.files, ...['apps/console/src', 'tools'].flatMap((folder) => filesIn(folder, /\.(?:html|scss|mjs)$/))];
    expect(counted.filter((file) => textOf(file).trimEnd().split('\n').length > 300)).toEqual([]);
  });

  it('has no function above 60 lines', () => {
    const counted = [...graph.files, ...filesIn('tools', /\.mjs$/)];
    const long = counted.flatMap((file) =>
      functionsOf(file)
        .filter(({ lines }) => lines > 60)
        .map(({ name, lines }) => `${file}: ${name} has ${lines}`),
    );
    expect(long).toEqual([]);
  });

  it('imports only files that exist', () => {
    const dangling = graph.files.flatMap((file) =>
      graph
        .importsOf(file)
        .filter((each) => each.file?.startsWith('missing:'))
        .map((each) => `${file} → ${each.specifier}`),
    );
    expect(dangling).toEqual([]);
  });

  it('has no file that is named after nothing', () => {
    expect(graph.files.filter((file) => /(?:^|[/-])(?:utils?|helpers?|misc)(?:[./-])/.test(file))).toEqual([]);
  });
});

describe('imports', () => {
  it('form no cycle between files', () => {
    expect(graph.cycles()).toEqual([]);
  });

  it('form no cycle between features', () => {
    const edges = (feature: string): string[] =>
      acrossFeatures.filter(([from]) => featureOf(from) === feature).map(([, to]) => featureOf(to)!);
    expect(cyclesOf(features, edges)).toEqual([]);
  });

  it('reach another feature by its services, never by its doors', () => {
    expect(acrossFeatures.filter(([, to]) => /\.(?:controller|handler)\.ts$/.test(to))).toEqual([]);
  });

  it('never lead from a foundation to a feature', () => {
    const upward = serverFiles
      .filter((file) => foundations.includes(libOf(file) ?? ''))
      .flatMap((file) =>
        graph
          .importsOf(file)
          .filter(({ file: target }) => target !== null && (featureOf(target) !== null || target.startsWith('apps/')))
          .map(({ specifier }) => `${file} → ${specifier}`),
      );
    expect(upward).toEqual([]);
  });

  it('never lead from libs to an app, nor from an app to another', () => {
    const appOf = (file: string): string | null => /^apps\/([^/]+)\//.exec(file)?.[1] ?? null;
    const wrong = graph.files.flatMap((file) =>
      graph
        .importsOf(file)
        .filter(({ file: target }) => target !== null && appOf(target) !== null && appOf(target) !== appOf(file))
        .map(({ specifier }) => `${file} → ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('leave other libs by #libs/…, not by climbing', () => {
    const climbing = serverFiles.flatMap((file) =>
      graph
        .importsOf(file)
        .filter(({ specifier, file: target }) => specifier.startsWith('.') && target !== null && libOf(target) !== libOf(file))
        .map(({ specifier }) => `${file} → ${specifier}`),
    );
    expect(climbing).toEqual([]);
  });

  it('between entities are of types only', () => {
    const wrong = filesIn('libs/entities', /\.entity\.ts$/).flatMap((file) =>
      graph
        .importsOf(file)
        .filter(({ file: target, isTypeOnly }) => target?.endsWith('.entity.ts') && !isTypeOnly)
        .map(({ specifier }) => `${file} → ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('keep the console to the generated client', () => {
    const wrong = consoleFiles.flatMap((file) =>
      graph
        .importsOf(file)
        .filter(({ file: target }) => target !== null && !/^(?:apps\/console|libs\/api-client)\//.test(target))
        .map(({ specifier }) => `${file} → ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('packages that stay behind one door', () => {
  it('TypeORM: repositories, entities, migrations and platform/database', () => {
    const allowed =
      /^ormconfig\.ts$|^libs\/(?:platform\/database|entities|migrations)\/|\.repository\.ts$|^libs\/platform\/jobs\/jobs\.ts$/;
    expect(graph.importersOf('typeorm', '@nestjs/typeorm').filter((file) => !allowed.test(file))).toEqual([]);
  });

  it('Bull: the adapter of the queue and the module that wires it', () => {
    expect(graph.importersOf('bull')).toEqual(['libs/platform/jobs/bull-job-queue.ts']);
    expect(graph.importersOf('@nestjs/bull')).toEqual(['libs/platform/jobs/jobs.module.ts']);
  });

  it('better-sqlite3: the file that knows which of two versions this Node.js takes', () => {
    const importers = [...graph.importersOf('better-sqlite3'), ...graph.importersOf('better-sqlite3-napi')];
    expect(importers).toEqual(['libs/platform/database/sqlite-file.ts']);
  });

  it('OpenTelemetry: the file that is loaded only when traces are on', () => {
    const door = 'libs/platform/tracing/open-telemetry.ts';
    const importers = graph.files.filter((file) => graph.importsOf(file).some(({ specifier }) => specifier.startsWith('@opentelemetry/')));
    expect(importers).toEqual([door]);
    const loading = graph.files.filter((file) => graph.importsOf(file).some((each) => each.file === door && !each.isTypeOnly));
    expect(loading).toEqual([]);
  });

  it('the environment: the configuration', () => {
    const readers = graph.files.filter((file) => /\bprocess\.env\b/.test(textOf(file).replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '')));
    expect(readers).toEqual(['libs/platform/config/load-config.ts']);
  });
});
