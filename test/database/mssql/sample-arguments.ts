import path from 'node:path';
import ts from 'typescript';

/** How many ways there are of each argument: all that is optional given, left out, and other members of unions. */
export const VARIANTS = 4;

export interface SampledMethod {
  readonly file: string;
  readonly className: string;
  readonly name: string;
  /** Arguments of the types that the method declares; a new set for each variant. */
  readonly calls: readonly (readonly unknown[])[];
}

const DEEPEST = 6;

/** Values of declared types: what a type checker takes, an ORM can make statements of. */
class Sampler {
  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly variant: number,
  ) {}

  of(type: ts.Type, depth = 0): unknown {
    if (type.isUnion()) return this.ofUnion(type.types, depth);
    if (type.isStringLiteral() || type.isNumberLiteral()) return type.value;
    if (type.flags & ts.TypeFlags.BooleanLiteral) return this.checker.typeToString(type) === 'true';
    if (type.flags & ts.TypeFlags.StringLike) return ['a', 'b.', 'c', 'd'][this.variant];
    if (type.flags & ts.TypeFlags.NumberLike) return 1 + this.variant;
    if (type.flags & ts.TypeFlags.Null) return null;
    if (type.getCallSignatures().length > 0) return async () => undefined;
    if (this.checker.typeToString(type).startsWith('Buffer')) return Buffer.from('x');
    if (type.flags & ts.TypeFlags.Object || type.isIntersection()) return depth > DEEPEST ? {} : this.ofObject(type, depth);
    return undefined;
  }

  private ofUnion(types: readonly ts.Type[], depth: number): unknown {
    const isVoid = (each: ts.Type): boolean => Boolean(each.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null));
    const [absent, present] = [types.filter(isVoid), types.filter((each) => !isVoid(each))];
    if (absent.length > 0 && this.variant === 1) return this.of(absent[0]!, depth);
    return this.of(present[this.variant % present.length] ?? absent[0]!, depth);
  }

  private ofObject(type: ts.Type, depth: number): unknown {
    const element = this.checker.getIndexTypeOfType(type, ts.IndexKind.Number);
    if (element && type.getProperty('length')) return [this.of(element, depth + 1), this.of(element, depth + 1)];
    const members = this.checker.getPropertiesOfType(type).map((property) => {
      const isLeftOut = this.variant === 1 && property.flags & ts.SymbolFlags.Optional;
      return [property.name, isLeftOut ? undefined : this.of(this.checker.getTypeOfSymbol(property), depth + 1)] as const;
    });
    return Object.fromEntries(members.filter(([, value]) => value !== undefined));
  }
}

/** The public methods of the classes that end in `Repository`, each with arguments that fit it. */
export function sampleMethods(root: string, files: readonly string[]): SampledMethod[] {
  const config = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile).config as object;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(files, { ...options, noEmit: true, incremental: false, tsBuildInfoFile: undefined });
  const checker = program.getTypeChecker();
  const variants = Array.from({ length: VARIANTS }, (_, variant) => new Sampler(checker, variant));
  const methodsOf = (file: string, { name, members }: ts.ClassDeclaration): SampledMethod[] =>
    members.filter(ts.isMethodDeclaration).flatMap((method) => {
      if (ts.getCombinedModifierFlags(method) & ts.ModifierFlags.Private) return [];
      const types = method.parameters.map((parameter) => checker.getTypeAtLocation(parameter));
      const calls = variants.map((sampler) => types.map((type) => sampler.of(type)));
      return [{ file, className: name!.text, name: method.name.getText(), calls }];
    });
  return files.flatMap((file) => {
    const classes = program.getSourceFile(file)!.statements.filter(ts.isClassDeclaration);
    return classes.filter(({ name }) => name?.text.endsWith('Repository')).flatMap((each) => methodsOf(file, each));
  });
}
