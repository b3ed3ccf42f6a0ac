import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly nullable?: boolean;
  readonly example?: unknown;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema?: Schema;
  readonly example?: unknown;
}

export interface Media {
  readonly schema?: Schema;
  readonly example?: unknown;
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly isOpen: boolean;
  readonly parameters: readonly Parameter[];
  readonly body: Readonly<Record<string, Media>>;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}

interface RawOperation {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Record<string, Media> };
  readonly responses: Operation['responses'];
}

/** The committed description of the API, as something to generate requests from and to judge answers by. */
export class ApiDocument {
  readonly operations: readonly Operation[];
  private readonly schemas: Readonly<Record<string, Schema>>;

  constructor() {
    const file = path.resolve(import.meta.dirname, '../../docs/openapi.json');
    const { paths, components } = JSON.parse(readFileSync(file, 'utf8')) as {
      paths: Record<string, Record<string, RawOperation>>;
      components: { schemas: Record<string, Schema> };
    };
    this.schemas = components.schemas;
    this.operations = Object.entries(paths).flatMap(([template, methods]) =>
      Object.entries(methods).map(([method, { operationId, security, parameters = [], requestBody, responses }]) => ({
        id: operationId,
        method: method.toUpperCase(),
        path: template,
        isOpen: security?.length === 0,
        parameters,
        body: requestBody?.content ?? {},
        responses,
      })),
    );
  }

  /** What is wrong with a value of a schema, each fault with its place; a field that is not in the document is one. */
  faults(value: unknown, schema: Schema, at = ''): string[] {
    if (schema.$ref !== undefined) return this.faults(value, this.schemas[schema.$ref.split('/').at(-1)!]!, at);
    if (value === null) return schema.nullable || schema.type === undefined || this.allowsNull(schema) ? [] : [`${at} is null`];
    if (schema.allOf?.length === 1) return this.faults(value, schema.allOf[0]!, at);
    const choices = schema.oneOf ?? schema.anyOf;
    if (choices) return choices.some((choice) => this.faults(value, choice, at).length === 0) ? [] : [`${at} fits no choice`];
    if (schema.enum && !schema.enum.includes(value)) return [`${at} is ${JSON.stringify(value)}, which is not in the list`];
    const types = schema.type === undefined ? [] : [schema.type].flat();
    if (types.length > 0 && !types.some((type) => isOf(type, value))) return [`${at} is no ${types.join(' or ')}`];
    if (Array.isArray(value))
      return value.flatMap((item, index) => (schema.items ? this.faults(item, schema.items, `${at}/${index}`) : []));
    if (typeof value === 'object' && schema.properties) return this.fieldFaults(value as Record<string, unknown>, schema, at);
    return [];
  }

  private allowsNull({ type, oneOf, anyOf }: Schema): boolean {
    return [type].flat().includes('null') || [...(oneOf ?? []), ...(anyOf ?? [])].some((choice) => choice.type === 'null');
  }

  private fieldFaults(
    value: Record<string, unknown>,
    { properties = {}, required = [], additionalProperties }: Schema,
    at: string,
  ): string[] {
    const missing = required.filter((name) => !(name in value)).map((name) => `${at}/${name} is missing`);
    const present = Object.entries(value).flatMap(([name, field]) => {
      const schema = properties[name];
      if (schema) return this.faults(field, schema, `${at}/${name}`);
      return additionalProperties ? [] : [`${at}/${name} is not in the document`];
    });
    return [...missing, ...present];
  }
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && !Array.isArray(value);
  if (type === 'null') return value === null;
  return typeof value === type;
}
