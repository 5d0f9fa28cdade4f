import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { hhvaem, type Outcome, smallCsv, workFolder } from "./run.ts";

const folder = workFolder();
const table = folder.write("table.csv", smallCsv(40));
const splits = folder.write("splits.csv", `fold,a,b,c,d\n${Array.from({ length: 40 }, (_, i) => `${i % 4},1,1,1,1`).join("\n")}\n`);
const out = folder.path("out");
const quick = ["--marginal-steps", "20", "--vi-steps", "20", "--hmc-steps", "1", "--batch", "20", "--draws", "20", "--random-orders", "2"];
const saia = (...more: string[]): Outcome => hhvaem("experiment", "saia", "--data", table, "--target", "y", "--splits", splits, "--models", "VAEM", "--out", out, ...quick, ...more);
const pieces = (folder: string): { fold: number; method: string; error: number[]; logLikelihood: number[]; position: number[] }[] =>
  readFileSync(`${folder}/results.jsonl`, "utf8").trim().split("\n").map((line) => JSON.parse(line) as ReturnType<typeof pieces>[number]);

let run: Outcome;
beforeAll(() => {
  run = saia("--folds", "1-2", "--methods", "mi,random,variance", "--report", folder.path("report.md"));
  expect(run.code, run.err).toBe(0);
}, 300_000);
/** A copy of the experiment, to be damaged. */
const copy = (name: string): string => {
  cpSync(out, folder.path(name), { recursive: true });
  return folder.path(name);
};

/** Runs `hhvaem ask` with answers on a pipe. */
function ask(answers: string[], ...args: string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "../../dist/cli.js"), "ask", `${out}/models/fold-1-VAEM`, "--draws", "60", ...args], { encoding: "utf8", input: answers.map((line) => `${line}\n`).join("") });
  return { code: status, out: stdout, err: stderr.replace(/^Warning: max.*\n/gm, "") };
}
const states = (out: string): { ask: string | null; answered: Record<string, string>; unknown: string[]; prediction: { lower: number; upper: number }[]; end?: string }[] =>
  out.trim().split("\n").map((line) => JSON.parse(line) as ReturnType<typeof states>[number]);

describe("experiment saia", () => {
  it("acquires values fold by fold; curves start and end together whatever the order", () => {
    expect(run.err).toContain("[6/6] fold 2, VAEM, variance: RMSE");
    const found = pieces(out);
    expect(found.map(({ fold, method }) => `${fold} ${method}`)).toEqual(["1 mi", "1 random", "1 variance", "2 mi", "2 random", "2 variance"]);
    const [mi, , variance] = found;
    expect(mi.error).toHaveLength(5);
    for (const value of [...mi.error, ...mi.logLikelihood, ...mi.position]) expect(Number.isFinite(value)).toBe(true);
    // with nothing and with everything known the draws are the same
    for (const step of [0, 4]) {
      expect(variance.error[step]).toBe(mi.error[step]);
      expect(variance.logLikelihood[step]).toBe(mi.logLikelihood[step]);
    }
    for (const name of ["table.md", "table.csv", "curves.csv", "curves.svg", "curves.png"]) expect(existsSync(`${out}/${name}`), name).toBe(true);
    expect(readFileSync(folder.path("report.md"), "utf8")).toContain("![error and log-likelihood of the target by the number of values acquired](report.png)");
    expect(readFileSync(folder.path("report.md"), "utf8")).toMatch(/^ {4}hhvaem experiment saia --data .*table\.csv --target y .* --folds 1,2 --models VAEM --methods mi,random,variance$/m);
    expect(existsSync(folder.path("report.svg"))).toBe(true);
  });

  it("goes on after an interruption: a cut-off line is computed again, to the same numbers, with the trained model", () => {
    const before = pieces(out);
    const interrupted = copy("interrupted");
    const lines = readFileSync(`${interrupted}/results.jsonl`, "utf8").split("\n");
    writeFileSync(`${interrupted}/results.jsonl`, `${lines.slice(0, 5).join("\n")}\n${lines[5].slice(0, 40)}`);
    const again = saia("--out", interrupted, "--folds", "1-2", "--methods", "mi,random,variance");
    expect(again.code, again.err).toBe(0);
    expect(again.err).toContain("5 of 6 pieces are done already");
    expect(again.err).not.toContain("trained");
    const strip = (found: typeof before): object[] => found.map((piece) => ({ ...piece, seconds: 0 }));
    expect(strip(pieces(interrupted))).toEqual(strip(before));
  });

  it("refuses a folder of other settings, a damaged line, unknown models, methods and folds", () => {
    expect(saia("--draws", "30")).toMatchObject({ code: 2, err: `${out} holds another experiment (draws: 20 there, 30 here); choose another --out, or repeat its options.\n` });
    expect(saia("--folds", "3-9").err).toContain("--folds 3-9: the splits file has no fold 4, 5, 6, 7, 8; it has 0, 1, 2, 3.");
    expect(saia("--folds", "x").err).toContain("--folds x: expected folds such as 0-9 or 0,3,5.");
    expect(saia("--models", "BEST").err).toContain('--models: there is no preset "BEST"; there are VAE, MIWAE, HVAE, HVAE-noreparam, HMCVAE, HHVAE, HHVAE-noreparam, MIWAEM, VAEM, HVAEM, HMCVAEM, HHVAEM, paper, proper, conditional, best.');
    expect(saia("--methods", "guess").err).toContain('--methods: there is no method "guess"; there are mi, gaussian, random, variance.');
    expect(saia("--methods", "HHVAEM:mi").err).toContain('--methods HHVAEM:mi: "HHVAEM" is none of --models VAEM.');
    const damaged = copy("damaged");
    writeFileSync(`${damaged}/results.jsonl`, `{"fold":0}\n${readFileSync(`${damaged}/results.jsonl`, "utf8")}`);
    const refused = saia("--out", damaged, "--folds", "1");
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('results.jsonl, line 1: expected the name of a model, got "model": undefined; delete the line');
  });

  it("reports on several experiments at once, and says which folder is none", () => {
    const report = hhvaem("experiment", "report", out, out, "-o", folder.path("both.md"));
    expect(report.code, report.err).toBe(0);
    expect(readFileSync(folder.path("both.md"), "utf8").match(/^## table$/gm)).toHaveLength(2);
    expect(hhvaem("experiment", "report", folder.path("nowhere"), "-o", folder.path("both.md")).err).toContain("holds no experiment (there is no experiment.json)");
  });
});

describe("ask, with a model of the experiment", () => {
  it("asks until nothing is left; what is wrong is asked again, back and unknown change the course", () => {
    const { code, out, err } = ask(["help", "d=purple", "d=red", "back", "d=green", "c=maybe", "c=YES", "a=1.5", "", "unknown"], "--min-gain", "0", "--json");
    expect(code, err).toBe(0);
    const all = states(out);
    expect(all.map((state) => Object.keys(state.answered).join(""))).toEqual(["", "d", "", "d", "dc", "dca", "dca"]);
    expect(all.at(-1)).toMatchObject({ end: "nothing left", ask: null, answered: { d: "green", c: "yes", a: "1.50" }, unknown: ["b"] });
    for (const { prediction } of all) expect(prediction[0].upper).toBeGreaterThan(prediction[0].lower);
    expect(err).toContain('"d": expected blue, green or red, got "purple".');
    expect(err).toContain('"c": expected no or yes, got "maybe".');
    expect(err).toContain('"b": expected a number from 0 on');
    expect(err).toContain("takes the last answer back");
    expect(err).toContain("Nothing is left to ask for.\nGiven: d = green, c = yes, a = 1.50.\n");
  });

  it("ends on quit, at the end of the input, when sure enough, and when the budget is spent", () => {
    const quit = ask(["quit"], "--min-gain", "0");
    expect(quit).toMatchObject({ code: 0, err: "" });
    expect(quit.out).toMatch(/To predict y, I ask [^]* y: \d+\.\d\d, 90 % between [^]*most telling:\n[^]*\? quit\n\nStopped\.\nNo value was given\.\n/);
    expect(ask([], "--min-gain", "0").out).toContain("Stopped.");
    expect(ask([], "--width", "1000").out).toContain("The interval is narrower than 1000.");
    expect(ask([], "--min-gain", "50").out).toContain("No value that is left is expected to tell 50 nats or more");
    expect(ask(["d=red"], "--min-gain", "0", "--budget", "1").out).toContain("Nothing that is left fits into the budget of 1.");
    const costs = folder.write("costs.csv", "a,2\nb,2\nc,2\nd,3\n");
    expect(ask(["d=red"], "--min-gain", "0", "--costs", costs, "--budget", "4").out).toContain("Given: d = red; spent 3.");
  });

  it("starts from a row of a table", () => {
    // line 6 of the file: b is the only hole
    const first = states(ask(["quit"], "--table", table, "--row", "6", "--min-gain", "0", "--json").out)[0] as unknown as { candidates: { name: string }[] };
    expect(first.candidates.map(({ name }) => name)).toEqual(["b"]);
    expect(ask([], "--table", table, "--row", "42")).toMatchObject({ code: 2, err: "--row 42: the table has rows on the lines 2 to 41.\n" });
    expect(ask([], "--row", "2")).toMatchObject({ code: 2, err: "--table FILE and --row N go together.\n" });
  });
});
