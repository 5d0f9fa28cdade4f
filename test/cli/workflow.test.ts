import { existsSync, readFileSync, readdirSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { hhvaem, type Outcome, quick, smallCsv, startHhvaem, workFolder } from "./run.ts";

const folder = workFolder();
const table = folder.write("table.csv", smallCsv(80));
const model = folder.path("model");

let trained: Outcome;
beforeAll(() => {
  trained = hhvaem("train", table, "--target", "y", "--out", model, ...quick, "--json");
  expect(trained.code, trained.err).toBe(0);
});

describe("the command line, from table to answers", () => {
  it("trains, and refuses to overwrite a model unless forced", () => {
    expect(trained.err).toBe("");
    expect(JSON.parse(trained.out)).toMatchObject({ preset: "HHVAEM", rows: 80, features: 4, targets: ["y"] });
    expect(readdirSync(model).sort()).toEqual(["config.json", "log.jsonl", "schema.json", "weights.safetensors"]);
    const again = hhvaem("train", table, "--target", "y", "--out", model, ...quick);
    expect(again.code).toBe(2);
    expect(again.err).toContain("holds a model already; choose another --out, or replace it with --force.");
  });

  it("imputes: holes filled in original units and types, observed cells byte for byte", () => {
    const args = ["impute", model, table, "-o", folder.path("filled.csv"), "--cells", folder.path("cells.csv"), "--draws", "40", "--completions", "2"];
    const run = hhvaem(...args);
    expect(run.code).toBe(0);
    const before = readFileSync(table, "utf8").split("\n");
    const after = readFileSync(folder.path("filled.csv"), "utf8").split("\n");
    expect(after).toHaveLength(before.length);
    let holes = 0;
    before.forEach((line, i) => {
      const cells = after[i].split(",");
      line.split(",").forEach((cell, j) => {
        if (cell !== "" || line === "") return expect(cells[j]).toBe(cell);
        holes++;
        expect(cells[j]).toMatch(j === 2 ? /^(yes|no)$/ : /^-?\d+\.\d+$/);
        return undefined;
      });
    });
    expect(run.out).toContain(`filled ${holes} cells`);
    expect(readFileSync(folder.path("cells.csv"), "utf8").trim().split("\n")).toHaveLength(holes + 1);
    expect(existsSync(folder.path("filled.2.csv"))).toBe(true);
    const bytes = readFileSync(folder.path("filled.csv"));
    expect(hhvaem(...args).code).toBe(0);
    expect(readFileSync(folder.path("filled.csv"))).toEqual(bytes);
  });

  it("leaves holes that mean there is none, in parts as well, and adds no column that a table lacks", () => {
    const some = folder.write("some.csv", `a,b,d\n1,,red\n,2,red\n,3,blue\n`);
    const run = hhvaem("impute", model, some, "-o", folder.path("some-filled.csv"), "--cells", folder.path("some-cells.csv"), "--draws", "20", "--completions", "1", "--keep-missing", "a where d=RED");
    expect(run.code, run.err).toBe(0);
    expect(run.err).toBe('warning: the table lacks a feature of the model: "c". It counts as missing in every row, and no column is added for it.\n');
    expect(run.out).toMatch(/^filled 2 cells of 3 rows, 1 hole stays;/);
    const filled = readFileSync(folder.path("some-filled.csv"), "utf8");
    expect(filled).toMatch(/^a,b,d\n1,\d+\.\d,red\n,2,red\n-?\d+\.\d\d,3,blue\n$/);
    expect(readFileSync(folder.path("some-filled.1.csv"), "utf8")).toMatch(/^a,b,d\n1,\d+\.\d,red\n,2,red\n-?\d+\.\d\d,3,blue\n$/);
    expect(readFileSync(folder.path("some-cells.csv"), "utf8").trim().split("\n").map((line) => line.split(",").slice(0, 2).join())).toEqual(["row,column", "2,b", "4,a"]);
    const parts = hhvaem("impute", model, some, "-o", folder.path("some-parts.csv"), "--draws", "20", "--chunk-rows", "1", "--keep-missing", "a where d=RED", "--json");
    expect(JSON.parse(parts.out)).toMatchObject({ imputed: 2, left: 1 });
    expect(readFileSync(folder.path("some-parts.csv"), "utf8")).toBe(filled);
    const wrong = hhvaem("impute", model, some, "-o", folder.path("x.csv"), "--keep-missing", "a if d=red");
    expect(wrong).toMatchObject({ code: 2, err: '--keep-missing "a if d=red": expected a column, or COLUMN where OTHER=VALUE, such as "PoolQC where PoolArea=0"; there are the columns "a", "b", "c", "d", "y".\n' });
  });

  it("says whether the rows that it scores were trained on, and scores each column beside a guess", () => {
    const known = hhvaem("evaluate", model, table, "--draws", "20");
    expect(known.out).toContain("The model was trained on these rows: the scores are better than those of new rows.");
    expect(known.out).toMatch(/numbers +cells +rmse +baseline +in deviations +baseline\n/);
    expect(known.out).toMatch(/levels +cells +wrong +baseline\n[ -]+\n +c +\d+ +[\d.]+ % +[\d.]+ %\n +d /);
    expect(known.out).not.toContain("error_xu");
    const [head, ...lines] = smallCsv(80).trim().split("\n");
    const other = folder.write("other.csv", `${head}\n${lines.map((line) => `0.11${line.slice(line.indexOf(","))}`).join("\n")}\n`);
    expect(hhvaem("evaluate", model, other, "--draws", "20").out).toContain("None of these rows is among those that the model was trained on.");
    const json = JSON.parse(hhvaem("evaluate", model, table, "--draws", "20", "--json").out) as Record<string, unknown>;
    expect(json).toMatchObject({ trained_on: 1, rows: 80 });
    for (const name of ["error_xu", "rmse_xu", "error_rate_xu", "rmse", "baseline_rmse", "ll_y"]) expect(json[name], name).toBeTypeOf("number");
  });

  it("predicts a line per row, with deviation and interval", () => {
    expect(hhvaem("predict", model, table, "-o", folder.path("p.csv"), "--draws", "40").code).toBe(0);
    const [head, first, ...rest] = readFileSync(folder.path("p.csv"), "utf8").trim().split("\n");
    expect(head).toBe("row,target,prediction,sd,lower,upper,probabilities");
    expect(rest).toHaveLength(79);
    const [row, target, prediction, , lower, upper] = first.split(",");
    expect([row, target]).toEqual(["2", "y"]);
    // the likelihood alone has the variance 0.1 of the column's; 80 rows with 40 draws each give it to 4 standard errors
    const mean = (values: number[]): number => values.reduce((a, b) => a + b) / values.length;
    const y = readFileSync(table, "utf8").trim().split("\n").slice(1).map((line) => Number(line.split(",")[4]));
    const variance = mean(y.map((value) => (value - mean(y)) ** 2));
    const predicted = mean([first, ...rest].map((line) => Number(line.split(",")[3]) ** 2));
    expect(predicted).toBeGreaterThan(0.1 * variance * (1 - 4 * Math.sqrt(2 / (80 * 39))));
    expect(Number(lower)).toBeLessThan(Number(prediction));
    expect(Number(upper)).toBeGreaterThan(Number(prediction));
  });

  it("evaluates on a fold with its mask, as one JSON object", () => {
    const splits = folder.write("splits.csv", `fold,a,b,c,d\n${Array.from({ length: 80 }, (_, i) => `${i % 4},1,0,1,${i % 2}`).join("\n")}\n`);
    const run = hhvaem("evaluate", model, table, "--splits", splits, "--fold", "1", "--draws", "30", "--json");
    expect(run.code).toBe(0);
    const result = JSON.parse(run.out) as Record<string, number>;
    expect(Object.keys(result)).toEqual(expect.arrayContaining(["rows", "draws", "ll_y", "ll_xu", "ll_xo", "rmse", "error_xu", "acceptance", "divergences", "seconds", "adapter"]));
    expect(result).toMatchObject({ rows: 20, draws: 30, divergences: 0 });
    for (const name of ["ll_y", "ll_xu", "ll_xo", "rmse", "error_xu", "acceptance"]) expect(Number.isFinite(result[name]), name).toBe(true);
  });

  it("counts unseen levels, which are missing, and does not touch them in the output", () => {
    const odd = folder.write("odd.csv", "a,b,c,d,y\n1.0,2.0,maybe,red,\n,2.5,yes,pink,\n");
    const run = hhvaem("impute", model, odd, "-o", folder.path("odd-filled.csv"), "--draws", "20");
    expect(run.code).toBe(0);
    expect(run.err).toContain('column "c": 1 cells hold levels that the training rows did not have ("maybe"); they count as missing.');
    const [, first, second] = readFileSync(folder.path("odd-filled.csv"), "utf8").split("\n");
    expect(first).toBe("1.0,2.0,maybe,red,");
    expect(second).toMatch(/^-?\d+\.\d\d,2\.5,yes,pink,$/);
  });

  it("a training that is killed goes on from its last checkpoint to the same weights", async () => {
    const out = folder.path("killed");
    const args = ["train", table, "--target", "y", "--preset", "HHVAEM", "--no-report", "--marginal-steps", "60", "--vi-steps", "150", "--hmc-steps", "6", "--batch", "20", "--checkpoint-seconds", "0.01"];
    expect(hhvaem(...args, "--out", folder.path("unbroken")).code).toBe(0);
    const lastCheckpoint = (): number => (existsSync(`${out}/checkpoint`) ? Math.max(0, ...readdirSync(`${out}/checkpoint`).filter((name) => /^\d+$/.test(name)).map(Number)) : 0);
    // killed soon after its first checkpoint, and when the training that goes on has two more, wherever it is then
    for (const more of [1, 2]) {
      const child = startHhvaem(...args, "--out", out, ...(existsSync(out) ? ["--resume"] : []));
      const wanted = lastCheckpoint() + more;
      const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      while (child.exitCode === null && lastCheckpoint() < wanted) await new Promise((resolve) => setTimeout(resolve, 20));
      child.kill("SIGKILL");
      await ended;
    }
    expect(existsSync(`${out}/config.json`)).toBe(false);
    expect(hhvaem(...args, "--out", out).code).toBe(2);
    const other = hhvaem(...args, "--out", out, "--resume", "--seed", "9");
    expect(other.err).toContain("the checkpoint in");
    const resumed = hhvaem(...args, "--out", out, "--resume");
    expect(resumed.err).toBe("");
    expect(resumed.code).toBe(0);
    expect(readFileSync(`${out}/weights.safetensors`)).toEqual(readFileSync(`${folder.path("unbroken")}/weights.safetensors`));
    expect(existsSync(`${out}/checkpoint`)).toBe(false);
  });
});

describe("damaged model folders", () => {
  const damage: [string, string, (bytes: Buffer) => Buffer | string, RegExp][] = [
    ["weights cut short", "weights.safetensors", (b) => b.subarray(0, b.length / 2), /weights\.safetensors/],
    ["weights emptied", "weights.safetensors", () => "", /weights\.safetensors/],
    ["foreign weights", "weights.safetensors", () => "PK\u0003\u0004 something else entirely", /weights\.safetensors/],
    ["config not JSON", "config.json", () => "{", /config\.json/],
    ["config of another version", "config.json", (b) => b.toString().replace('"version": 1', '"version": 99'), /version 99/],
    ["config of something else", "config.json", () => '{"name":"x"}', /format/],
    ["config with latents gone wrong", "config.json", (b) => b.toString().replace(/"latents": \[[^\]]*\]/, '"latents": [0]'), /latents/],
    ["schema not JSON", "schema.json", () => "[", /schema\.json/],
    ["schema of another table", "schema.json", (b) => b.toString().replace(/"type": "categorical"/, '"type": "nonsense"'), /nonsense/],
    ["schema with a level too many", "schema.json", (b) => b.toString().replace('"blue"', '"blue", "violet"'), /weights\.safetensors, tensor/],
    ["log cut short", "log.jsonl", (b) => b.subarray(0, b.length - 5), /log\.jsonl/],
  ];
  for (const [name, file, change, message] of damage) {
    it(`${name}: a named error, exit code 2, nothing written`, () => {
      const copy = workFolderCopy();
      copy.write(file, change(readFileSync(copy.path(file))));
      const run = hhvaem("predict", copy.dir, table, "-o", folder.path("never.csv"));
      expect(run.code).toBe(2);
      expect(run.err).toMatch(message);
      expect(run.err).not.toMatch(/\n\s+at /);
      expect(existsSync(folder.path("never.csv"))).toBe(false);
    });
  }

  it("a folder that is no model says how to make one", () => {
    const run = hhvaem("impute", folder.path("nowhere"), table, "-o", folder.path("never.csv"));
    expect(run.code).toBe(2);
    expect(run.err).toContain("train a model with");
  });
});

let copies = 0;
function workFolderCopy(): { dir: string; path(name: string): string; write(name: string, content: string | Buffer): void } {
  const name = `copy-${copies++}`;
  const dir = folder.path(name);
  for (const file of readdirSync(model)) folder.write(`${name}/${file}`, readFileSync(`${model}/${file}`));
  return { dir, path: (file) => `${dir}/${file}`, write: (file, content) => void folder.write(`${name}/${file}`, content) };
}
