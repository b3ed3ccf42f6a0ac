import type { OpenAPIObject } from '@nestjs/swagger';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly nullable?: boolean;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface MediaType {
  schema?: Schema;
  example?: unknown;
}

/** A value of a schema, put together from the examples of its fields. Undefined where nothing says one. */
export function exampleOf(document: OpenAPIObject, schema: Schema): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.examples !== undefined) return schema.examples[0];
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1)!;
    return exampleOf(document, (document.components?.schemas?.[name] ?? {}) as Schema);
  }
  const whole = (schema.allOf ?? (schema.oneOf ?? schema.anyOf)?.slice(0, 1))?.map((part) => exampleOf(document, part));
  if (whole !== undefined) return whole.length === 1 ? whole[0] : Object.assign({}, ...(whole as object[]));
  if (schema.properties !== undefined) {
    const fields = Object.entries(schema.properties).map(([name, field]) => [name, exampleOf(document, field)] as const);
    return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  }
  if (schema.items !== undefined) {
    const item = exampleOf(document, schema.items);
    return item === undefined ? [] : [item];
  }
  return schema.default ?? schema.enum?.[0];
}

const jsonOf = (content: Record<string, MediaType> | undefined): MediaType | undefined => content?.['application/json'];

/** Every body in JSON gets an example: what one has to send, and what comes back. */
export function addExamples(document: OpenAPIObject): void {
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path as object) as Operation[])) {
    const bodies = [operation.requestBody, ...Object.values(operation.responses ?? {})];
    for (const body of bodies) {
      const media = jsonOf(body?.content);
      if (!media?.schema) continue;
      media.example ??= exampleOf(document, media.schema);
    }
  }
}

interface Operation {
  readonly requestBody?: { readonly content?: Record<string, MediaType> };
  readonly responses?: Record<string, { readonly content?: Record<string, MediaType> }>;
}
