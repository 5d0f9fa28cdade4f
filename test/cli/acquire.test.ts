import { beforeAll, describe, expect, it } from "vitest";
import { hhvaem, quick, smallCsv, workFolder } from "./run.ts";

const folder = workFolder();
const table = folder.write("table.csv", smallCsv(60));
const model = folder.path("model");
const few = ["--draws", "100"];

beforeAll(() => {
  const train = hhvaem("train", table, "--target", "y", "--out", model, ...quick);
  expect(train.code, train.err).toBe(0);
});

describe("hhvaem acquire", () => {
  it("ranks the missing values of one row, with gains, errors, costs and the width that is left", () => {
    const row = folder.write("row.csv", "a,b,c,d\n,2.5,,red\n");
    const run = hhvaem("acquire", model, row, ...few, "--json");
    expect(run.err).toBe("");
    const { method, rows } = JSON.parse(run.out) as { method: string; rows: { row: number; next: string[]; width: number; prediction: { target: string }[]; candidates: Record<string, number | string>[] }[] };
    expect(method).toBe("mi");
    expect(rows).toHaveLength(1);
    expect(rows[0].row).toBe(2);
    expect(rows[0].candidates.map(({ name }) => name).sort()).toEqual(["a", "c"]);
    expect(rows[0].next).toEqual([rows[0].candidates[0].name]);
    for (const candidate of rows[0].candidates) {
      for (const key of ["gain", "standardError", "cost", "gainPerCost", "expectedWidth"]) expect(candidate[key], key).toBeTypeOf("number");
    }
    expect(rows[0].prediction[0].target).toBe("y");
    expect(hhvaem("acquire", model, row, ...few, "--json").out).toBe(run.out);
    const text = hhvaem("acquire", model, row, ...few).out;
    expect(text).toContain("y now: ");
    expect(text).toContain(`acquire next: ${rows[0].next[0]}`);
  });

  it("takes costs, a budget and batches, for all rows", () => {
    const rows = folder.write("rows.csv", "a,b,c,d\n,,,\n1.2,3,yes,green\n,,no,red\n");
    const costs = folder.write("costs.csv", "a,10\nb,1\nc,1\nd,2\n");
    const ranked = (...args: string[]) => (JSON.parse(hhvaem("acquire", model, rows, "--all", ...few, "--json", ...args).out) as { rows: { next: string[]; stop?: string; candidates: { name: string }[] }[] }).rows;
    const [empty, full, half] = ranked("--costs", costs, "--budget", "3", "--batch", "2");
    expect(empty.candidates.map(({ name }) => name)).not.toContain("a");
    expect(empty.next.length).toBe(2);
    expect(full).toMatchObject({ stop: "nothing left", next: [] });
    expect(half.next).toEqual(["b"]);
    expect(ranked("--budget", "0").map(({ stop }) => stop)).toEqual(["budget", "nothing left", "budget"]);
    for (const method of ["gaussian", "random", "variance"]) expect(ranked("--method", method)[0].next).toHaveLength(1);
  });

  it("takes costs of some features, and says what the others count", () => {
    const row = folder.write("some.csv", "a,b,c,d\n,2.5,,red\n");
    const costs = folder.write("some-costs.csv", "c,4\nb,9\n");
    const run = hhvaem("acquire", model, row, ...few, "--json", "--costs", costs, "--default-cost", "2");
    expect(run.err).toBe('note: some-costs.csv has no cost for "a"; each counts as 2 (--default-cost).\n');
    const { rows } = JSON.parse(run.out) as { rows: { candidates: { name: string; cost: number }[] }[] };
    expect(Object.fromEntries(rows[0].candidates.map(({ name, cost }) => [name, cost]))).toEqual({ a: 2, c: 4 });
    const left = hhvaem("acquire", model, row, ...few, "--json", "--keep-missing", "a where d=red");
    expect((JSON.parse(left.out) as { rows: typeof rows }).rows[0].candidates.map(({ name }) => name)).toEqual(["c"]);
  });

  it.each([
    ["a default cost without costs", ["acquire", model, table, "--all", "--default-cost", "2"]],
    ["several rows and no choice", ["acquire", model, table]],
    ["a row that is not there", ["acquire", model, table, "--row", "1"]],
    ["both choices", ["acquire", model, table, "--row", "2", "--all"]],
    ["costs of zero, below it, missing and of unknown columns", ["acquire", model, table, "--all", "--costs", folder.write("bad.csv", "a,0\nb,-1\nheight,3\n")]],
    ["a negative budget", ["acquire", model, table, "--all", "--budget", "-1"]],
    ["an unknown method", ["acquire", model, table, "--all", "--method", "best"]],
    ["a table with none of the columns", ["acquire", model, folder.write("other.csv", "height,weight\n1,2\n")]],
  ])("%s: a clear message, exit code 2", (_, args) => {
    const run = hhvaem(...args);
    expect(run.code).toBe(2);
    expect(run.err.replaceAll(`${folder.path("")}/`, "")).toMatchSnapshot();
  });
});
