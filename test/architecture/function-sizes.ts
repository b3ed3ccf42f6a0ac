import ts from 'typescript';
import { textOf } from './import-graph.js';

export interface FunctionSize {
  readonly name: string;
  readonly lines: number;
}

/** Every function of a file with the lines it spans; a class inside one counts by its own methods, not as part of it. */
export function functionsOf(file: string): FunctionSize[] {
  const source = ts.createSourceFile(file, textOf(file), ts.ScriptTarget.Latest, true);
  const found: FunctionSize[] = [];
  const spanOf = (node: ts.Node): number => lineAt(source, node.getEnd()) - lineAt(source, node.getStart()) + 1;
  /** Walks `node`; answers the lines of the classes inside it. */
  const visit = (node: ts.Node): number => {
    let inClasses = 0;
    ts.forEachChild(node, (child) => void (inClasses += visit(child)));
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined)
      found.push({ name: nameOf(node), lines: spanOf(node) - inClasses });
    return ts.isClassLike(node) ? spanOf(node) : inClasses;
  };
  visit(source);
  return found;
}

const lineAt = (source: ts.SourceFile, position: number): number => source.getLineAndCharacterOfPosition(position).line;

function nameOf(node: ts.SignatureDeclaration): string {
  if (node.name !== undefined) return node.name.getText();
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  return ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : 'a function without a name';
}
