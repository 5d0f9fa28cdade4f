import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const examples = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]);

/** Runs an example inside the package, where `import "hhvaem"` means the package itself. */
function run(example: string): { out: string; err: string; code: number | null; files: string[] } {
  const dir = mkdtempSync(join(root, ".cache-readme-"));
  try {
    cpSync(join(root, "node_modules/@observablehq/sample-datasets/cars.csv"), join(dir, "cars.csv"));
    writeFileSync(join(dir, "example.mjs"), example);
    const { stdout, stderr, status } = spawnSync(process.execPath, ["example.mjs"], { cwd: dir, encoding: "utf8" });
    return { out: stdout, err: stderr, code: status, files: readdirSync(dir) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

it("the README's first example fills the holes of the cars table", () => {
  const short = examples[0].replace(/schedule: \{.*?\}/, "schedule: { viSteps: 30, hmcSteps: 1, completionSteps: 30 }");
  expect(short).not.toBe(examples[0]);
  const { out, err, code, files } = run(short);
  expect(code, err).toBe(0);
  // six cars lack their power
  expect(out.trim().split("\n")).toHaveLength(6);
  expect(out).toMatch(/^\d+ power \(hp\) \d/m);
  expect(files).toContain("model");
});

it("the README's second example asks for the hole of a car, takes an answer and ends", () => {
  const short = examples[1].replace(/schedule: \{.*?\}/, "schedule: { viSteps: 30, hmcSteps: 1, completionSteps: 30 }");
  expect(short).not.toBe(examples[1]);
  const { out, err, code } = run(short);
  expect(code, err).toBe(0);
  expect(out).toMatch(/^power \(hp\) -?\d\.\d{3} \d\.\d{3}\n-?[\d.]+\n/);
});

it("the README's third example samples two normals and a Gamma", () => {
  const { out, err, code } = run(examples[2]);
  expect(code, err).toBe(0);
  const lines = out.trim().split("\n").map((line) => line.split(/ +/));
  expect(lines[0]).toEqual(["mean", "mcse", "sd", "5%", "50%", "95%", "ess", "bulk", "ess", "tail", "r-hat"]);
  expect(lines.slice(1).map(([name]) => name)).toEqual(["x[1]", "x[2]", "s", "[]"]);
  for (const [i, mean, sd] of [[1, 1, 2], [2, 1, 2], [3, 2, Math.SQRT2]]) {
    const [ownMean, mcse, ownSd, low] = lines[i].slice(1).map(Number);
    // four standard errors; that of a deviation is about as large; the last digit is rounded
    expect(Math.abs(ownMean - mean)).toBeLessThan(5 * mcse);
    expect(Math.abs(ownSd - sd)).toBeLessThan(0.05);
    expect(low).toBeLessThan(ownMean - ownSd);
  }
});

it("the README's examples name nothing that the types do not have", () => {
  // as a JavaScript user writes them: parameters need no types, all else is checked
  const settings: ts.CompilerOptions = { ...ts.convertCompilerOptionsFromJson(JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8")).compilerOptions, root).options, noImplicitAny: false, noUnusedLocals: false, skipLibCheck: true, paths: { hhvaem: [join(root, "src/index.ts")], "hhvaem/node": [join(root, "src/node.ts")], "hhvaem/sampler": [join(root, "src/sampler.ts")] } };
  const check = (codes: readonly string[]): string[] => {
    const dir = mkdtempSync(join(root, ".cache-readme-"));
    try {
      const files = codes.map((_, i) => join(dir, `example-${i}.mts`));
      files.forEach((file, i) => writeFileSync(file, codes[i]));
      const program = ts.createProgram([...files, join(root, "src/wgsl.d.ts"), join(root, "src/csv.d.ts"), join(root, "src/hyparquet-compressors.d.ts")], settings);
      return files.flatMap((file) => program.getSemanticDiagnostics(program.getSourceFile(file))).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  };
  // the last one is wrong, so that the check is seen to find what is
  expect(check([...examples, examples[2].replace("result.summary()", "result.summaries")])).toEqual([expect.stringContaining("Property 'summaries' does not exist on type 'HmcResult'")]);
});
