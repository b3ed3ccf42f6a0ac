import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { AdminCaller } from '../support/admin-caller.js';
import { startApp, type AppInProcess } from '../support/app-in-process.js';

const project = path.resolve(import.meta.dirname, '../..');
const document = path.join(project, 'docs/openapi.json');
/** Within the project, so that what is generated finds its packages. */
const folder = path.join(project, 'node_modules/.cache/ods-generated', String(process.pid));
const PASSWORD = 'Correct-Horse-9-Battery';

/** Runs a generator that is installed; answers all that it wrote to the terminal. */
function generate(packageName: string, args: readonly string[]): string {
  const home = path.join(project, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8')) as { bin: string | Record<string, string> };
  const file = typeof bin === 'string' ? bin : (bin[packageName] ?? Object.values(bin)[0]!);
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(home, file), ...args], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 200_000,
  });
  const said = stdout + stderr;
  if (status !== 0) throw new Error(said);
  return said;
}

/** What the compiler has against these files, as users of strict projects see it. */
function complaintsOf(...files: string[]): string[] {
  const program = ts.createProgram(files, {
    ...{ strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 },
    ...{
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      allowImportingTsExtensions: true,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      types: [],
    },
  });
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

interface SignedIn {
  readonly data: { readonly access_token: string };
}
interface GeneratedApi {
  readonly auth?: unknown;
  readonly api: Record<string, (...args: unknown[]) => Promise<{ status: number; data: Record<string, unknown> }>>;
}

describe('clients that are generated from the document', () => {
  let server: AppInProcess;
  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    server = await startApp({ env: { ADMIN_PASSWORD: PASSWORD } });
  });
  afterAll(() => server.stop());

  it('openapi-typescript: types without a warning, with which an upload is written', async () => {
    const said = generate('openapi-typescript', [document, '-o', path.join(folder, 'ods.d.ts')]);
    expect(said).not.toMatch(/warn|error|invalid|deprecat/i);
    const use = path.join(folder, 'use.ts');
    writeFileSync(
      use,
      `import type { paths } from './ods.d.ts';
type Upload = paths['/api/admin/upload']['post'];
type Form = Upload['requestBody']['content']['multipart/form-data'];
type Uploaded = Upload['responses'][201]['content']['application/json'];
const fields: Form = { file: '', stage: 'Prod', notes: 'x' };
export const sha256 = (uploaded: Uploaded): string => uploaded.sha256 + fields.stage;
// @ts-expect-error a stage that there is not
export const wrong: Form = { file: '', stage: 'Beta' };
`,
    );
    expect(complaintsOf(use)).toEqual([]);
  });

  it('swagger-typescript-api: a client without a warning, which uploads a file', async () => {
    const said = generate('swagger-typescript-api', ['generate', '-p', document, '-o', folder, '-n', 'client.ts']);
    expect(said).not.toMatch(/warn|error|❌|⚠/i);
    const file = path.join(folder, 'client.ts');
    const source = readFileSync(file, 'utf8').replace('// @ts-nocheck', '');
    writeFileSync(file, source);
    expect(complaintsOf(file)).toEqual([]);
    const output = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.ES2022, target: ts.ScriptTarget.ES2022 } });
    writeFileSync(path.join(folder, 'client.mjs'), output.outputText);
    const { Api } = (await import(pathToFileURL(path.join(folder, 'client.mjs')).href)) as {
      Api: new (options: object) => GeneratedApi;
    };
    const open = new Api({ baseUrl: server.url });
    const signedIn = (await open.api['login']!({ username: 'admin', password: PASSWORD })) as unknown as SignedIn;
    const api = new Api({ baseUrl: server.url, baseApiParams: { headers: { authorization: `Bearer ${signedIn.data.access_token}` } } });
    const upload = Object.keys(api.api).find((name) => name === 'uploadPackage')!;
    const uploaded = await api.api[upload]!({ file: new File(['by a generated client'], 'generated.pkg'), stage: 'Prod' });
    expect([uploaded.status, uploaded.data['filename']]).toEqual([201, 'generated.pkg']);
    expect(await (await fetch(`${server.url}/share/generated.pkg`)).text()).toBe('by a generated client');
  });

  /** Compiled as it is, in the place of the sources. */
  function compile(directory: string): void {
    const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    expect(complaintsOf(...files.map((name) => path.join(directory, name)))).toEqual([]);
    const options = { module: ts.ModuleKind.ES2022, target: ts.ScriptTarget.ES2022, rewriteRelativeImportExtensions: true };
    for (const name of files) {
      const file = path.join(directory, name);
      const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions: options });
      // Bundlers, for which it is written, complete names of modules; Node does not.
      writeFileSync(
        file.replace(/\.ts$/, '.js'),
        outputText.replace(/(from ')(\.{1,2}\/[^']+?)(\.js)?'/g, (_, from, name) => `${from}${name}.js'`),
      );
    }
    writeFileSync(path.join(directory, 'package.json'), '{"type":"module"}');
  }
  const form = { file: new File(['by a generated client'], 'generated.pkg'), stage: 'Prod' } as const;
  const remove = async (): Promise<void> => {
    const admin = new AdminCaller(server.url);
    await admin.signIn({ username: 'admin', password: PASSWORD });
    await admin.send('DELETE', 'packages/generated.pkg');
  };

  it('@hey-api/openapi-ts: a client without a warning, which uploads a file', async () => {
    await remove();
    const directory = path.join(folder, 'hey-api');
    expect(generate('@hey-api/openapi-ts', ['-i', document, '-o', directory])).not.toMatch(/warn|error|❌|⚠/i);
    compile(directory);
    const load = async (name: string) => (await import(pathToFileURL(path.join(directory, `${name}.js`)).href)) as Record<string, never>;
    const [{ client }, sdk] = [await load('client.gen'), await load('sdk.gen')] as unknown as [
      { client: { setConfig(config: object): void } },
      Record<string, (options: object) => Promise<{ response: Response; data: Record<string, string> }>>,
    ];
    client.setConfig({ baseUrl: server.url });
    const { data } = await sdk['login']!({ body: { username: 'admin', password: PASSWORD } });
    client.setConfig({ baseUrl: server.url, auth: () => data['access_token'] });
    const uploaded = await sdk['uploadPackage']!({ body: form });
    expect([uploaded.response.status, uploaded.data['filename']]).toEqual([201, 'generated.pkg']);
    expect(await (await fetch(`${server.url}/share/generated.pkg`)).text()).toBe('by a generated client');
  });

  it('orval: a client without a warning, which uploads a file', async () => {
    await remove();
    const directory = path.join(folder, 'orval');
    mkdirSync(directory, { recursive: true });
    const config = path.join(folder, 'orval.config.ts');
    const output = { target: path.join(directory, 'ods.ts'), client: 'fetch', baseUrl: server.url };
    writeFileSync(config, `export default ${JSON.stringify({ ods: { input: document, output } })};`);
    expect(generate('orval', ['--config', config])).not.toMatch(/warn|error|❌|⚠/i);
    compile(directory);
    const api = (await import(pathToFileURL(path.join(directory, 'ods.js')).href)) as Record<
      string,
      (body: object, ...more: (object | undefined)[]) => Promise<{ status: number; data: Record<string, string> }>
    >;
    const { data } = await api['login']!({ username: 'admin', password: PASSWORD });
    const uploaded = await api['uploadPackage']!(form, undefined, { headers: { authorization: `Bearer ${data['access_token']}` } });
    expect([uploaded.status, uploaded.data['filename']]).toEqual([201, 'generated.pkg']);
    expect(await (await fetch(`${server.url}/share/generated.pkg`)).text()).toBe('by a generated client');
  });
});
