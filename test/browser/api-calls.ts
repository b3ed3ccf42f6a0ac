import { readFileSync } from 'node:fs';
import path from 'node:path';

type Methods = Record<string, { readonly operationId: string }>;

interface Operation {
  readonly id: string;
  readonly method: string;
  /** `/api/admin/packages/{id_or_name}` */
  readonly template: string;
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
        template,
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
  get missing(): Pick<Operation, 'id' | 'template'>[] {
    return this.operations.filter(({ id }) => !this.called.has(id)).map(({ id, template }) => ({ id, template }));
  }

  /** Calls that are in no document. */
  get undocumented(): string[] {
    return [...this.foreign];
  }

  has(id: string): boolean {
    return this.called.has(id);
  }
}
