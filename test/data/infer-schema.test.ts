import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatSchema, gunzip, inferSchema, parseSchema, parseSplits, parseTable, trainingRows, type Column, type InferOptions } from "../../src/data/index.ts";
import { readSafetensors } from "../../src/nn/safetensors.ts";
import { expectClose } from "../expect-close.ts";
import { itShared } from "../shared.ts";

/** The description of a table's only feature. */
const infer = (cells: readonly (string | number)[], options: Partial<InferOptions> = {}): Column => inferSchema(parseTable(`v,w\n${cells.map((cell) => `${cell},1\n`).join("")}`), { targets: [], ...options }).columns[0];
const range = (n: number, value: (i: number) => string | number = (i) => i): (string | number)[] => Array.from({ length: n }, (_, i) => value(i));

describe("types", () => {
  it("by the paper's rule nine distinct numbers are categorical, ten are positive", () => {
    expect(infer(range(100, (i) => i % 9), { levelRule: "unordered" }).type).toBe("categorical");
    expect(infer(range(100, (i) => i % 10), { levelRule: "unordered" }).type).toBe("positive");
  });
  it("few numbers that do not repeat stay numbers", () => expect(infer([170, 182, 165, 170]).type).toBe("positive"));
  it("a negative value makes the column real", () => expect(infer(range(20, (i) => i - 1)).type).toBe("real"));
  it("two levels are binary, one is categorical", () => {
    expect(infer([3, 5, 3])).toMatchObject({ type: "binary", categories: ["3", "5"] });
    expect(infer([3, 3])).toMatchObject({ type: "categorical", categories: ["3"] });
    expect(infer(["no", "yes"])).toMatchObject({ type: "binary", categories: ["no", "yes"] });
  });
  it("1, 1.0 and 01 are one level", () => expect(infer(["1.0", "1", "01", "2"]).categories).toEqual(["1.0", "2"]));
  it("numbers are ordered as numbers, texts as texts", () => {
    expect(infer([10, 9, 2, 10, 9, 2, 10, 9, 2]).categories).toEqual(["2", "9", "10"]);
    expect(infer(["b10", "b9", "a"]).categories).toEqual(["a", "b10", "b9"]);
  });
  it("many texts are categorical", () => expect(infer(range(500, (i) => `k${i % 400}`)).categories).toHaveLength(400));
  it("with texts among them, labels that are numbers stay apart", () => expect(infer(["01", "1", "x"], { types: { v: "categorical" } }).categories).toEqual(["01", "1", "x"]));
  it("texts forced to be categorical among many numbers keep their levels", () => expect(infer([...range(60), "low", "high"], { types: { v: "categorical" } }).categories).toHaveLength(62));
  it("pairs such as 1,2 are texts where there are few", () => expect(infer(['"1,2"', '"2,3"', '"1,2"']).type).toBe("binary"));
  it("the user's type stands", () => {
    expect(infer([1, 2, 3], { types: { v: "positive" } }).type).toBe("positive");
    expect(infer(range(20), { types: { v: "real" } })).toMatchObject({ type: "real", mean: 9.5 });
    expect(infer(range(20), { types: { v: "categorical" } }).categories).toHaveLength(20);
  });
  it("a column named like a member of every object is given no type by that", () => {
    const schema = inferSchema(parseTable("constructor,toString,__proto__\n1,2,3\n1,2,3\n"), { targets: [], types: {} });
    expect(schema.columns.map(({ type }) => type)).toEqual(["categorical", "categorical", "categorical"]);
  });
  it("types, levels and statistics come from the training rows alone", () => {
    const cells = [...range(12, (i) => i), -1000];
    expect(infer(cells, { rows: range(12) as number[] })).toMatchObject({ type: "positive" });
    expect(infer(cells).type).toBe("real");
    expect(infer(["a", "b", "c"], { rows: [0, 2] }).categories).toEqual(["a", "c"]);
    // a text outside them is no problem here; it is one when the row is coded
    expect(infer([...range(30), "oops"], { rows: range(30) as number[] }).type).toBe("positive");
  });
});

describe("statistics", () => {
  it("mean and population deviation of the observed cells", () => expect(infer([-3, 1, "", 5, "NA"], { types: { v: "real" } })).toMatchObject({ mean: 1, std: Math.sqrt(32 / 3) }));
  it("on the log(1 + x) scale for positive columns", () => {
    const { mean, std } = infer([0, Math.E - 1], { types: { v: "positive" } });
    expectClose([mean!, std!], [0.5, 0.5], { rtol: 1e-14 });
  });
  it("a constant has deviation 1, a tiny scale its own", () => {
    expect(infer(range(30, () => 0.1), { types: { v: "real" } })).toMatchObject({ std: 1 });
    expectClose([infer(["-1e-20", "1e-20"], { types: { v: "real" } }).std!], [1e-20], { rtol: 1e-12 });
  });
  it("digits after the point; none are kept where a number has an exponent", () => {
    expect(infer(["1", "2.50", "3.125"], { types: { v: "real" } }).decimals).toBe(3);
    expect(infer(["1", "2"], { types: { v: "real" } }).decimals).toBe(0);
    expect(infer(["1.5", "2e-8"], { types: { v: "real" } })).not.toHaveProperty("decimals");
  });
  it("zeros at the end of decimals are left out where no cell has them and some would", () => {
    const drops = (...texts: string[]): true | undefined => infer(texts, { types: { v: "real" } }).dropsZeros;
    expect(drops("100", "86.2", "-3.25")).toBe(true);
    expect(drops("0.1", "-0.07", "12345678.9")).toBe(true);
    expect(drops("100", "86.20")).toBeUndefined();
    expect(drops("1.50", "2.75", "3.125")).toBeUndefined();
    expect(drops("86.2", "99.1")).toBeUndefined();
    expect(drops("1", "2")).toBeUndefined();
    expect(drops("86.2%", "100%", "3.25%")).toBe(true);
    expect(drops("$1200.50", "$3100")).toBeUndefined();
  });
  it("weight of the positives", () => expect(infer([0, 1, 0, 0]).positiveWeight).toBe(3));

  itShared("Boston: types, means, deviations and weights are those of the reference", async () => {
    const table = parseTable(new Uint8Array(readFileSync("../shared/data/boston/data.csv")));
    const splits = parseSplits(await gunzip(new Uint8Array(readFileSync("../shared/data/boston/splits.csv.gz"))), table.columns.slice(0, -1), table.rows);
    const { tensors, metadata } = readSafetensors(new Uint8Array(readFileSync("../shared/reference/boston-hhvaem.safetensors")));
    const reference = (key: string): number[] => Array.from(tensors.get(key)!.data as Float32Array);
    const rows = trainingRows(splits, 0);
    const schema = inferSchema(table, { targets: ["medv"], rows, levelRule: "unordered" });
    const [features, target] = [schema.columns.slice(0, -1), schema.columns[13]];
    const { features: described } = JSON.parse(metadata.config) as { features: { type: string; categories: number }[] };
    expect(features.map(({ type, categories }) => ({ type, categories: type === "categorical" ? categories!.length : 1 }))).toEqual(described);
    expectClose(features.map(({ mean }) => mean ?? 0), reference("norm/x_mean"), { rtol: 1e-6 });
    // its deviations divide by n for the target, by n - 1 for the features
    const bessel = Math.sqrt(rows.length / (rows.length - 1));
    expectClose(features.map(({ std }) => (std === undefined ? 1 : std * bessel)), reference("norm/x_std"), { rtol: 1e-6 });
    expectClose([target.mean!, target.std!], [...reference("norm/y_mean"), ...reference("norm/y_std")], { rtol: 1e-6 });
    expectClose(features.map(({ positiveWeight }) => positiveWeight ?? 1), reference("norm/positive_weight"), { rtol: 1e-6 });
  });
});

it("a schema written as text is read back the same", () => {
  const schema = inferSchema(parseTable("a,b,c,y\n1.5,x,0,1\n-2.25,y,,0\n1e5,z,1,0\n"), { targets: ["y"], types: { a: "real", c: "ignore" } });
  expect(schema.columns.map(({ role }) => role)).toEqual(["feature", "feature", "ignore", "target"]);
  expect(parseSchema(formatSchema(schema))).toEqual(schema);
  expect(parseSchema(`\ufeff${formatSchema(schema)}`)).toEqual(schema);
});
