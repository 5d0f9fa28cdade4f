import ts from "typescript";

/** An import of any form: `import`, `import type`, `export from`, `import()` and `import("...").T` in types. */
export interface Import {
  line: number;
  from: string;
  typeOnly: boolean;
}

export interface SourceFacts {
  imports: Import[];
  /** Uses of the clock, hidden randomness or the process, as they stand in the code. */
  impure: { line: number; what: string }[];
}

const impureNames = new Set(["Math.random", "Date.now", "performance.now", "process.argv", "process.env", "process.stdout", "process.stderr", "process.exit"]);

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (!clause) return false;
  const named = clause.namedBindings;
  const onlyTypesNamed = !clause.name && !!named && ts.isNamedImports(named) && named.elements.every((element) => element.isTypeOnly);
  return clause.isTypeOnly || onlyTypesNamed;
}

/** What a source file imports, and where it touches the clock, hidden randomness or the process. */
export function sourceFacts(text: string, fileName = "source.ts"): SourceFacts {
  const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.ES2022, true);
  const facts: SourceFacts = { imports: [], impure: [] };
  const lineOf = (node: ts.Node) => source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  const addImport = (node: ts.Node, specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (specifier && ts.isStringLiteralLike(specifier)) facts.imports.push({ line: lineOf(node), from: specifier.text, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) addImport(node, node.moduleSpecifier, isTypeOnly(node));
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) addImport(node, node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) addImport(node, node.arguments[0], false);
    else if (ts.isPropertyAccessExpression(node)) {
      const what = node.getText().replace(/^globalThis\./, "");
      if (impureNames.has(what)) facts.impure.push({ line: lineOf(node), what });
    } else if (ts.isNewExpression(node) && node.expression.getText() === "Date" && !node.arguments?.length) {
      facts.impure.push({ line: lineOf(node), what: "new Date()" });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return facts;
}
