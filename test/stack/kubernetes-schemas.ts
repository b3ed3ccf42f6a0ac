import path from 'node:path';
import ts from 'typescript';
import { root } from './compose.js';

export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
}

interface Model {
  /** Throws when the API's JSON schema does not admit it. */
  validate(): void;
}

const moduleOf = ({ apiVersion, kind }: ApiObject): string => `kubernetes-models/${apiVersion}/${kind}`;

/** What the API server would say against a manifest: by its JSON schemas, and by its types, which also know what fields there are not. */
export async function faultsIn(manifest: ApiObject): Promise<string[]> {
  const { [manifest.kind]: model } = (await import(moduleOf(manifest))) as Record<string, new (data: unknown) => Model>;
  try {
    new model!(manifest).validate();
  } catch (error) {
    return [(error as Error).message];
  }
  return faultsOfTypes(manifest);
}

const options: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: true,
  strict: true,
  types: [],
};
const host = ts.createCompilerHost(options);
const file = path.join(root, 'test/stack/a-manifest.ts'); // there is none: it only says where packages are looked for
let program: ts.Program | undefined;

function faultsOfTypes(manifest: ApiObject): string[] {
  const name = `I${manifest.kind}`;
  const source = `import type { ${name} } from '${moduleOf(manifest)}';\nexport const manifest: ${name} = ${JSON.stringify(manifest)};\n`;
  const onDisk = host.getSourceFile;
  const withManifest: ts.CompilerHost = {
    ...host,
    fileExists: (asked) => asked === file || host.fileExists(asked),
    getSourceFile: (asked, target) => (asked === file ? ts.createSourceFile(file, source, target) : onDisk(asked, target)),
  };
  program = ts.createProgram([file], options, withManifest, program);
  return ts
    .getPreEmitDiagnostics(program, program.getSourceFile(file))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}
