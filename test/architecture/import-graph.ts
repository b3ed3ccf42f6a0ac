import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export const root = path.resolve(import.meta.dirname, '../..');

export interface Import {
  /** As written. */
  readonly specifier: string;
  /** The source file it names, relative to the checkout; null for a package. */
  readonly file: string | null;
  /** Gone after compilation, so it can close no cycle at run time. */
  readonly isTypeOnly: boolean;
}

/** Who imports whom among these sources, read from the import statements themselves. */
export class ImportGraph {
  private constructor(private readonly imports: ReadonlyMap<string, readonly Import[]>) {}

  static of(files: readonly string[]): ImportGraph {
    return new ImportGraph(new Map(files.map((file) => [file, importsOf(file)])));
  }

  get files(): string[] {
    return [...this.imports.keys()];
  }

  importsOf(file: string): readonly Import[] {
    return this.imports.get(file) ?? [];
  }

  /** The files that import one of these packages. */
  importersOf(...packages: string[]): string[] {
    return this.files.filter((file) => this.importsOf(file).some(({ specifier }) => packages.includes(specifier)));
  }

  /** Groups of files that need one another at run time. */
  cycles(): string[][] {
    const edges = (file: string): string[] =>
      this.importsOf(file).flatMap(({ file: target, isTypeOnly }) => (target === null || isTypeOnly ? [] : [target]));
    return cyclesOf(this.files, edges);
  }
}

/** Tarjan's strongly connected components that have more than one member. */
export function cyclesOf(nodes: readonly string[], edges: (node: string) => readonly string[]): string[][] {
  const seen = new Map<string, { index: number; low: number; isOpen: boolean }>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): { index: number; low: number; isOpen: boolean } => {
    const state = { index: seen.size, low: seen.size, isOpen: true };
    seen.set(node, state);
    open.push(node);
    for (const next of edges(node)) {
      const known = seen.get(next);
      if (known === undefined) state.low = Math.min(state.low, visit(next).low);
      else if (known.isOpen) state.low = Math.min(state.low, known.index);
    }
    if (state.low === state.index) {
      const group = open.splice(open.indexOf(node));
      for (const member of group) seen.get(member)!.isOpen = false;
      if (group.length > 1) found.push(group.sort());
    }
    return state;
  };
  for (const node of nodes) if (!seen.has(node)) visit(node);
  return found;
}

/** Files under a folder of the checkout whose relative path matches. */
export function filesIn(folder: string, pattern: RegExp): string[] {
  const full = path.join(root, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((file) => pattern.test(file))
    .sort();
}

export const textOf = (file: string): string => readFileSync(path.join(root, file), 'utf8');

function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(file, textOf(file), ts.ScriptTarget.Latest);
  const found: Import[] = [];
  const add = (specifier: ts.Expression | undefined, isTypeOnly: boolean): void => {
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) {
      found.push({ specifier: specifier.text, file: resolve(file, specifier.text), isTypeOnly });
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isErased(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], true); // later, not while loading
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isErased(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const named = clause.namedBindings;
  return (
    clause.name === undefined && named !== undefined && ts.isNamedImports(named) && named.elements.every(({ isTypeOnly }) => isTypeOnly)
  );
}

function resolve(from: string, specifier: string): string | null {
  if (specifier === '#ormconfig') return 'ormconfig.ts';
  const base = specifier.startsWith('#')
    ? specifier.slice(1)
    : specifier.startsWith('.')
      ? path.posix.join(path.posix.dirname(from), specifier)
      : null;
  if (base === null) return null;
  const candidates = [base.replace(/\.js$/, '.ts'), base, `${base}.ts`, `${base}/index.ts`];
  return candidates.find((candidate) => /\.m?ts$|\.mjs$/.test(candidate) && existsSync(path.join(root, candidate))) ?? `missing: ${base}`;
}
