import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const src = fileURLToPath(new URL("../src", import.meta.url));

/** Files whose texts may hold what looks like a flag, and why. */
const exceptions: Readonly<Record<string, string>> = {
  "report/html/page.ts": "a style sheet, whose variables begin with two dashes",
  "fetch/fetch-table.ts": "serves `hhvaem data fetch` alone and is no part of the library",
  "fetch/partial-file.ts": "serves `hhvaem data fetch` alone and is no part of the library",
};

/** The texts of a source file, pieces of templates by themselves, that name a flag such as --target; var(--a) of a style is none. */
function flagsIn(text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) && /(?<!var\()--[a-z]/.test(node.text)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("source.ts", text, ts.ScriptTarget.ES2022, true));
  return found;
}

test("no text of the library names a flag of the command line", () => {
  const files = (readdirSync(src, { recursive: true }) as string[]).map((path) => path.replaceAll("\\", "/")).filter((path) => /\.tsx?$/.test(path) && !/^(cli|web)\//.test(path));
  const named = files.flatMap((path) => flagsIn(readFileSync(`${src}/${path}`, "utf8")).map((text) => ({ path, text })));
  expect(named.filter(({ path }) => !(path in exceptions))).toEqual([]);
  expect([...new Set(named.map(({ path }) => path))].sort()).toEqual(Object.keys(exceptions).sort());
});

test("flags are found in strings and in every piece of a template, not in styles", () => {
  expect(flagsIn("f(`a --size ${x} b --grey ${y}`, 'use --type', i--, `var(--a)`) // --no")).toEqual(["a --size ", " b --grey ", "use --type"]);
});
