import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { expectClose } from "../expect-close.ts";
import { hhvaem, type Outcome, smallCsv, workFolder } from "./run.ts";

const folder = workFolder();
const rows = 40;
for (const name of ["one", "two"]) {
  folder.write(`data/${name}/data.csv`, smallCsv(rows));
  folder.write(`data/${name}/splits.csv`, `fold,a,b,c,d\n${Array.from({ length: rows }, (_, i) => `${i % 4},1,0,1,${i % 2}`).join("\n")}\n`);
}
const settings = { target: ["y"], latents: [2, 1], transitions: 1, viSteps: 40, hmcSteps: 2, annealSteps: 4, batch: 20 };
const settingsFile = folder.write("settings.json", JSON.stringify({ one: settings, two: settings }));
const out = folder.path("out");
const tables = (...more: string[]) => hhvaem("experiment", "tables", "--data", folder.path("data"), "--tables", "one,two", "--settings", settingsFile, "--presets", "VAE,HVAE", "--baselines", "mean", "--against", "VAE", "--draws", "20", "--scale", "0.5", "--out", out, ...more);
const lines = (folder: string): { table: string; fold: number; method: string; scores: Record<string, number> }[] => readFileSync(`${folder}/results.jsonl`, "utf8").trim().split("\n").map((line) => JSON.parse(line) as ReturnType<typeof lines>[number]);

/** What the mean over a fold's training rows is wrong by, as the root of the mean square: the target is above 0, so the mean is that of log(1 + y). */
function errorOfMean(fold: number): number {
  const mean = (values: number[]): number => values.reduce((a, b) => a + b) / values.length;
  const y = smallCsv(rows).trim().split("\n").slice(1).map((line) => Number(line.split(",")[4]));
  const guess = Math.expm1(mean(y.filter((_, i) => i % 4 !== fold).map(Math.log1p)));
  return Math.sqrt(mean(y.filter((_, i) => i % 4 === fold).map((value) => (value - guess) ** 2)));
}

describe("experiment tables", () => {
  let run: Outcome;
  beforeAll(() => {
    run = tables("--folds", "1-2", "--report", folder.path("report.md"));
    expect(run.code, run.err).toBe(0);
  }, 300_000);

  it("scores presets and baselines on every fold of every table, all tables of a fold first", () => {
    expect(lines(out).map(({ table, fold, method }) => `${table} ${fold} ${method}`)).toEqual([1, 2].flatMap((fold) => ["one", "two"].flatMap((table) => ["mean", "VAE", "HVAE"].map((method) => `${table} ${fold} ${method}`))));
    for (const { table, fold, method, scores } of lines(out)) {
      const mean = lines(out).find((other) => other.table === table && other.fold === fold && other.method === "mean")!.scores;
      if (method === "mean") {
        expectClose([scores.rmse], [errorOfMean(fold)], { rtol: 1e-6 });
        continue;
      }
      for (const name of ["error_xu", "rmse"]) expect(scores[name], name).toBeLessThan(mean[name]);
      for (const name of ["ll_xu", "ll_xu_per_feature", "ll_y", "coverage_50", "coverage_90"]) expect(Number.isFinite(scores[name]), name).toBe(true);
    }
    expect(run.out).toContain("minus VAE, mean over tables");
    expect(readFileSync(folder.path("report.md"), "utf8")).toContain("50 % of the schedule's steps");
    for (const name of ["report.csv", "report.svg", "report.png", "out/tables.md", "out/tables.csv", "out/runs.csv"]) expect(existsSync(folder.path(name)), name).toBe(true);
  });

  it("goes on where it stopped: a cut-off line is computed again to the same numbers, without training again; more folds may follow", () => {
    const before = lines(out);
    const interrupted = folder.path("interrupted");
    cpSync(out, interrupted, { recursive: true });
    writeFileSync(`${interrupted}/results.jsonl`, readFileSync(`${interrupted}/results.jsonl`, "utf8").slice(0, -30));
    const again = tables("--out", interrupted, "--folds", "1-2");
    expect(again.code, again.err).toBe(0);
    expect(again.err).toContain("11 of 12 runs are done already");
    expect(lines(interrupted).map(({ scores }) => scores)).toEqual(before.map(({ scores }) => scores));
    const more = tables("--out", interrupted, "--folds", "0", "--presets", "VAE");
    expect(more.code, more.err).toBe(0);
    expect(lines(interrupted)).toHaveLength(16);
    const report = hhvaem("experiment", "report", interrupted, "-o", folder.path("again.md"), "--against", "mean");
    expect(report.code, report.err).toBe(0);
    expect(readFileSync(folder.path("again.md"), "utf8")).toContain("## Against mean");
  });

  it("refuses other settings in the same folder, unknown tables, presets and files of settings that say too little", () => {
    expect(tables("--draws", "30")).toMatchObject({ code: 2, err: `${out} holds another experiment (draws: 20 there, 30 here); choose another --out, or repeat its options.\n` });
    expect(tables("--tables", "three").err).toContain("--tables three: nothing is known of this table; give its target, latents and schedule with --settings FILE.");
    expect(tables("--presets", "BEST").err).toContain('--presets: there is no preset "BEST"; there are VAE,');
    expect(tables("--against", "HHVAE").err).toContain("--against HHVAE: expected one of --presets and --baselines: VAE, HVAE, mean.");
    const poor = folder.write("poor.json", JSON.stringify({ one: { target: ["y"] } }));
    expect(tables("--settings", poor).err).toContain('poor.json: "one": expected latents to be a list of whole numbers from 1 on, layer 1 first, got nothing.');
    expect(hhvaem("experiment", "report", out, folder.path("nowhere"), "-o", folder.path("x.md")).err).toContain("holds no experiment");
  });
});

describe("experiment tables --variants", () => {
  const short = { viSteps: 20, completionSteps: 20 };
  const variants = { wide: { preset: "best", config: { latents: [3], inference: "elbo", hidden: 16, completion: { latent: 4, hidden: 16 } }, schedule: short } };
  const file = folder.write("variants.json", JSON.stringify({ ...variants, unused: { preset: "VAE" } }));
  const out = folder.path("variants");
  const run = (path: string, ...more: string[]) => hhvaem("experiment", "tables", "--data", folder.path("data/one"), "--settings", settingsFile, "--variants", path, "--presets", "VAE,wide,wide/conditional", "--baselines", "none", "--against", "wide/conditional", "--folds", "1", "--draws", "20", "--scale", "0.5", "--out", out, ...more);

  beforeAll(() => {
    const { code, err } = run(file, "--report", folder.path("variants.md"));
    expect(code, err).toBe(0);
  });

  it("trains a preset with some settings changed, under its own name, and its parts; the folder says what it is", () => {
    const read = (name: string): string => readFileSync(`${out}/${name}`, "utf8");
    expect(read("results.jsonl").trim().split("\n").map((line) => (JSON.parse(line) as { method: string }).method)).toEqual(["VAE", "wide", "wide/conditional"]);
    expect(JSON.parse(read("experiment.json"))).toMatchObject({ variants });
    expect(JSON.parse(read("experiment.json")).variants).not.toHaveProperty("unused");
    const { config, schedule } = JSON.parse(read("models/one-fold1-wide-seed0/config.json")) as { config: object; schedule: object };
    expect(config).toMatchObject({ preset: "best", latents: [3], inference: "elbo", completion: { latent: 4, hidden: 16, samples: 2 }, hmc: { transitions: 1 } });
    expect(schedule).toMatchObject(short);
    expect(readFileSync(folder.path("variants.md"), "utf8")).toContain('- wide: best with `{"config":{"latents":[3],"inference":"elbo","hidden":16,"completion":{"latent":4,"hidden":16}},"schedule":{"viSteps":20,"completionSteps":20}}`');
  });

  it("goes on with the same methods and refuses others of the same name", () => {
    expect(run(file).err).toContain("3 of 3 runs are done already");
    const other = folder.write("other.json", JSON.stringify({ wide: { preset: "best" } }));
    expect(run(other)).toMatchObject({ code: 2, err: `${out} holds another experiment (wide: ${JSON.stringify(variants.wide)} there, {"preset":"best"} here); choose another --out, or repeat its options.\n` });
    const unknown = run(file, "--presets", "wider", "--against", "wider");
    expect(unknown.err).toContain('--presets: there is no preset "wider"; there are VAE,');
    expect(unknown.err).toContain("of --variants wide, unused, and of best its parts");
  });

  it("says all that is wrong with a file of methods", () => {
    const poor = folder.write("poor-variants.json", JSON.stringify({
      "a/b": { preset: "best" }, VAE: { preset: "VAE" }, none: { preset: "None" }, more: { preset: "best", steps: 3 }, text: "best",
      deep: { preset: "best", config: { completion: { latent: 0, latents: 3 }, outputs: "wide", hmc: 3 }, schedule: { batch: "100" } },
      learned: { preset: "HHVAEM", config: { outputs: "learned" } }, rates: { preset: "best", schedule: { minMissingRate: 0.8, maxMissingRate: 0.2 } },
    }));
    const refused = run(poor);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatchInlineSnapshot(`
      "poor-variants.json: "a/b": expected a name of letters, digits, -, _ and . alone.
      poor-variants.json: "VAE" is the name of a preset or a baseline; choose another.
      poor-variants.json: "none": expected preset to be one of VAE, MIWAE, HVAE, HVAE-noreparam, HMCVAE, HHVAE, HHVAE-noreparam, MIWAEM, VAEM, HVAEM, HMCVAEM, HHVAEM, paper, proper, conditional, best, got "None".
      poor-variants.json: "more": expected preset, config and schedule, got "steps" too.
      poor-variants.json: "text": expected an object with preset, config and schedule, got "best".
      poor-variants.json: "deep", config.completion.latent: expected a whole number from 1 to 1000000, got 0.
      poor-variants.json: "deep", config.completion: there is no setting "latents"; there are latent, hidden, blocks, samples, members, hideTargets, lookUp, crossFolds, averaging, heldBack, lookEvery.
      poor-variants.json: "deep", config.outputs: expected one of "fixed", "learned", "binned", got "wide".
      poor-variants.json: "deep", config.hmc: expected an object of settings, got 3.
      poor-variants.json: "deep", schedule.batch: expected a whole number from 1 on, got "100".
      poor-variants.json: "learned": learned variances are for models without marginal VAEs; set marginal to false, or outputs to "fixed".
      poor-variants.json: "rates", schedule: minMissingRate 0.8 is above maxMissingRate 0.2.
      "
    `);
    expect(run(folder.write("broken.json", "{")).err).toContain("broken.json: expected JSON with an object per method, got ");
    expect(run(folder.write("list.json", "[]")).err).toBe("list.json: expected an object with a method per name, got [].\n");
  });
});
