import { readFileSync } from 'node:fs';
import path from 'node:path';

type Methods = Record<string, { readonly operationId: string }>;

interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: RegExp;
}

const asPattern = (template: string): RegExp => new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`);

/** What the OpenAPI document offers, and what the console has called of it so far. */
export class ApiCalls {
  private readonly operations: readonly Operation[];
  private readonly called = new Set<string>();
  private readonly foreign = new Set<string>();

  constructor() {
    const file = path.resolve(import.meta.dirname, '../../docs/openapi.json');
    const { paths } = JSON.parse(readFileSync(file, 'utf8')) as { paths: Record<string, Methods> };
    this.operations = Object.entries(paths).flatMap(([template, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => ({
        id: operationId,
        method: method.toUpperCase(),
        path: asPattern(template),
      })),
    );
  }

  note(method: string, pathname: string): void {
    // An exact path goes before one with a parameter in the same place.
    const fitting = this.operations.filter((each) => each.method === method && each.path.test(pathname));
    const operation = fitting.find(({ path: pattern }) => !pattern.source.includes('[^/]+')) ?? fitting[0];
    if (operation) this.called.add(operation.id);
    else this.foreign.add(`${method} ${pathname}`);
  }

  /** Operations that were never called. */
  get missing(): string[] {
    return this.operations.map(({ id }) => id).filter((id) => !this.called.has(id));
  }

  /** Calls that are in no document. */
  get undocumented(): string[] {
    return [...this.foreign];
  }

  /** Those among these names that the document does not have, or that were called after all. */
  needless(names: readonly string[]): string[] {
    return names.filter((name) => this.called.has(name) || !this.operations.some(({ id }) => id === name));
  }
}
