import type { Media, Operation, Parameter } from './api-document.js';

export interface MadeRequest {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body?: string | FormData;
  /** A field or parameter that is not documented was put in, and nothing else is wrong. */
  readonly isOnlyStrange: boolean;
}

const text: readonly string[] = [
  ' ',
  '\u0000',
  'a\u0000b',
  'x'.repeat(300),
  'x'.repeat(70_000),
  "' OR 1=1 --",
  '"; DROP TABLE package; --',
  '../../etc/passwd',
  '%00%2e%2e%2f',
  '\ud800',
  '💣'.repeat(70),
  'ＦＵＬＬ',
  '\u202eevil',
  '<script>alert(1)</script>',
  '{{7*7}}${7*7}',
  '1e309',
  '-1',
  '0',
  '9'.repeat(30),
  '2147483648',
  'NaN',
  'true',
  'null',
  '__proto__',
  'constructor',
  '2020-02-31',
  'http://[::1',
  'http://127.0.0.1:1/',
];
const values: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  2 ** 53,
  1e300,
  '',
  [],
  {},
  [null],
  [[[]]],
  { a: { b: [1] } },
  { __proto__x: 1 },
  ...text,
];
const brokenJson = ['', '{', '[1,', '"text', '{"a":}', 'nul', '\u0000', '{"a":1}}', '[]', 'null', '1', '"x"', `${'['.repeat(2_000)}`];

/** Node itself refuses longer heads; a lone surrogate cannot be written in a URL. */
const inUrl = (value: string): string => value.slice(0, 3_000).replace(/\p{Cs}/gu, '\uFFFD');

/** Makes requests of an operation, right ones and wrong ones, the same ones for the same seed. */
export class RequestMaker {
  constructor(private readonly random: () => number) {}

  make(operation: Operation): MadeRequest {
    const strange = this.chance(0.15);
    const isTame = strange || this.chance(0.2);
    const { url, hasStrange } = this.url(operation, isTame, strange);
    const headers = this.headers(operation, isTame);
    const json = operation.body['application/json'];
    if (json) return this.withJson({ url, headers, isOnlyStrange: false }, json, isTame, strange);
    if (operation.body['multipart/form-data']) return { url, headers, body: this.form(isTame), isOnlyStrange: hasStrange };
    if (operation.body['application/offset+octet-stream']) {
      return {
        url,
        headers: { ...headers, 'content-type': this.pick(['application/offset+octet-stream', 'text/plain']) },
        body: 'hello',
        isOnlyStrange: false,
      };
    }
    return { url, headers, isOnlyStrange: hasStrange };
  }

  private url({ path, parameters }: Operation, isTame: boolean, strange: boolean): { url: string; hasStrange: boolean } {
    const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => {
      const parameter = parameters.find((each) => each.in === 'path' && each.name === name);
      const value = isTame
        ? String(parameter?.example ?? '1')
        : this.pick(['1', '2', '999999999', String(parameter?.example ?? '1'), ...text]);
      return encodeURIComponent(inUrl(value)) || '1';
    });
    const query = new URLSearchParams();
    const inQuery = parameters.filter((each) => each.in === 'query');
    for (const parameter of inQuery) {
      if (parameter.required || this.chance(0.5)) query.append(parameter.name, this.valueOf(parameter, isTame));
      if (!isTame && this.chance(0.05)) query.append(parameter.name, 'twice');
    }
    const hasStrange = strange && inQuery.length > 0;
    if (hasStrange) query.append('unknown_field', '1');
    return { url: query.size > 0 ? `${filled}?${query.toString()}` : filled, hasStrange };
  }

  private headers({ parameters }: Operation, isTame: boolean): Record<string, string> {
    const ascii = text.filter((value) => /^[\x21-\x7e][\x20-\x7e]*$/.test(value) && value.length < 5_000);
    const found: Record<string, string> = {};
    for (const { name, required, example, schema } of parameters.filter((each) => each.in === 'header')) {
      if (name.toLowerCase() === 'authorization' || name === 'Idempotency-Key') continue;
      if (required || this.chance(0.3))
        found[name] = isTame || this.chance(0.6) ? String(example ?? schema?.example ?? '1') : this.pick(ascii);
    }
    if (parameters.some(({ name }) => name === 'Idempotency-Key') && this.chance(0.2)) found['Idempotency-Key'] = this.pick(ascii);
    return found;
  }

  private withJson(made: MadeRequest, { example }: Media, isTame: boolean, strange: boolean): MadeRequest {
    const headers = { ...made.headers, 'content-type': 'application/json' };
    if (strange) {
      const body = { ...(example as object), [this.pick(['unknown_field', 'isAdmin', '$where'])]: this.pick(values) };
      return { ...made, headers, body: JSON.stringify(body), isOnlyStrange: true };
    }
    if (isTame) return { ...made, headers, body: JSON.stringify(example) };
    if (this.chance(0.1))
      return {
        ...made,
        headers: { ...headers, 'content-type': this.pick(['text/plain', 'application/xml', 'application/json; charset=x']) },
        body: '{}',
      };
    if (this.chance(0.15)) return { ...made, headers, body: this.pick(brokenJson) };
    return { ...made, headers, body: JSON.stringify(this.mutated(example)) };
  }

  private mutated(example: unknown): unknown {
    if (this.chance(0.05)) return this.pick(values);
    const body: Record<string, unknown> = { ...(example as object) };
    const names = Object.keys(body);
    for (let change = 0; change < 2 && names.length > 0; change += 1) {
      const name = this.pick(names);
      if (this.chance(0.2)) delete body[name];
      else if (typeof body[name] === 'object' && body[name] !== null && this.chance(0.6)) body[name] = this.mutated(body[name]);
      else body[name] = this.pick(values);
    }
    return body;
  }

  private form(isTame: boolean): FormData {
    const form = new FormData();
    if (!isTame) {
      for (const name of ['stage', 'notes', 'replace', 'sha256', this.pick(text)])
        if (this.chance(0.4)) form.append(name.slice(0, 200), this.pick(text));
    }
    const name = isTame ? 'fuzz.pkg' : this.pick(['fuzz.pkg', ...text]);
    if (isTame || this.chance(0.9)) form.append(this.chance(0.95) ? 'file' : 'datei', new Blob([this.pick(text)]), name);
    return form;
  }

  private valueOf({ schema, example }: Parameter, isTame: boolean): string {
    const right = [example, schema?.example, ...(schema?.enum ?? [])].filter((value) => value !== undefined);
    if (isTame || this.chance(0.4)) return String(right.length > 0 ? this.pick(right) : '1');
    return inUrl(this.pick(text));
  }

  private chance(probability: number): boolean {
    return this.random() < probability;
  }

  private pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)]!;
  }
}
