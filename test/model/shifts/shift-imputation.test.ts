import { describe, expect, it } from "vitest";
import type { Column, Schema } from "../../../src/data/index.ts";
import { keyFromSeed, normal, uniform } from "../../../src/math/key.ts";
import type { CellSummary, Imputation } from "../../../src/model/api.ts";
import { levelAnswer, numberAnswer } from "../../../src/model/answers/cell-summary.ts";
import { DrawnLevels } from "../../../src/model/shifts/drawn-levels.ts";
import { shiftedProbabilities } from "../../../src/model/shifts/move-levels.ts";
import { numberMover } from "../../../src/model/shifts/move-numbers.ts";
import { checkShifts, shiftImputation } from "../../../src/model/shifts/shift-imputation.ts";
import type { Shift } from "../../../src/model/shifts/shift.ts";
import { expectClose } from "../../expect-close.ts";

const column = (name: string, rest: Partial<Column>): Column => ({ name, role: "feature", type: "real", mean: 0, std: 1, ...rest });
const schema: Schema = {
  version: 1,
  columns: [
    column("change", {}),
    column("income", { type: "positive", decimals: 0 }),
    column("share", { type: "bounded", bounds: [0, 1] }),
    column("visit", { decimals: 0, format: { date: "yyyy-MM-dd" } }),
    column("smoker", { type: "binary", categories: ["no", "yes"] }),
    column("grade", { type: "ordinal", categories: ["1", "2", "3"] }),
    column("start", { format: { date: "HH:mm", turn: 300 } }),
    column("name", { role: "ignore", type: "categorical" }),
    column("y", { role: "target" }),
  ],
};
const columns = schema.columns.filter(({ role }) => role !== "ignore");
const place = (name: string): number => columns.findIndex((one) => one.name === name);
const [interval, seed, count] = [0.9, 3, 400];
const logit = (p: number): number => Math.log(p / (1 - p));

/** One cell of every column but the target, with draws of its own and completions. */
function found(): Imputation {
  const z = normal(keyFromSeed(1), count);
  const draws: Record<string, number[]> = {
    change: Array.from(z, (value) => 2 + value),
    income: Array.from(z, (value) => Math.max(0, Math.round(1000 + 400 * value))),
    share: Array.from(z, (value) => Math.min(1, Math.max(0, 0.5 + 0.2 * value))),
    visit: Array.from(z, (value) => 19_000 + 10 * value),
    start: Array.from(z, (value) => 1400 + value),
  };
  const levels: Record<string, number[]> = { smoker: [0.7, 0.3], grade: [0.5, 0.3, 0.2] };
  const u = uniform(keyFromSeed(2), count);
  const cells: CellSummary[] = [];
  const lists: number[][] = [];
  for (const own of columns.slice(0, -1)) {
    const head = { row: 4, column: place(own.name) };
    if (levels[own.name]) {
      cells.push({ ...head, ...levelAnswer(own, levels[own.name], interval), set: [0] });
      lists.push(Array.from(u, (value) => (value < levels[own.name][0] ? 0 : value < levels[own.name][0] + levels[own.name][1] ? 1 : 2)));
      continue;
    }
    const sorted = [...draws[own.name]].sort((a, b) => a - b);
    const mean = sorted.reduce((a, b) => a + b) / count;
    const sd = Math.sqrt(sorted.reduce((total, value) => total + (value - mean) ** 2, 0) / count);
    cells.push({ ...head, ...numberAnswer(own, { value: sorted[count / 2], mean, sd, ends: [sorted[count / 20], sorted[(19 * count) / 20]] }) });
    lists.push(draws[own.name]);
  }
  const turned = Array.from({ length: count }, (_, c) => Float64Array.from(lists, (list) => list[c]));
  return { cells, completed: turned, cellDraws: turned, acceptance: 1, divergences: 0 };
}

const shift = (...shifts: Shift[]): Imputation => shiftImputation(found(), columns, shifts, { interval, seed, firstRow: 0, cellDraws: count });
const of = (imputation: Imputation, name: string): CellSummary => imputation.cells[place(name)];
const drawsOf = (imputation: Imputation, name: string): number[] => imputation.completed.map((values) => values[place(name)]);

describe("shifts of numbers", () => {
  it("move value, mean, interval and all draws by the offset, dates by days and times past midnight; every other cell stays as it is", () => {
    const [before, after] = [found(), shift({ column: "change", add: -0.75 }, { column: "visit", add: 30 }, { column: "start", add: 60 })];
    for (const [name, by] of [["change", -0.75], ["visit", 30], ["start", 60]] as const) {
      const [a, b] = [of(before, name), of(after, name)];
      expectClose([b.value - by, b.mean! - by, b.sd!, b.lower! - by, b.upper! - by], [a.value, a.mean!, a.sd!, a.lower!, a.upper!], { rtol: 1e-12 });
      expectClose(drawsOf(after, name).map((value) => value - by), drawsOf(before, name), { rtol: 1e-12 });
      expect(after.shifted?.find((one) => one.column === name)).toEqual({ column: name, cells: 1, cut: 0, cutCompletions: 0 });
    }
    expect([of(before, "visit").label, of(after, "visit").label]).toEqual(["2022-01-08", "2022-02-07"]);
    // 23:20 and an hour
    expect(of(after, "start").label).toBe("00:20");
    for (const name of ["income", "share", "smoker", "grade"]) {
      expect(of(after, name)).toEqual(of(before, name));
      expect(drawsOf(after, name)).toEqual(drawsOf(before, name));
    }
    expect(before).toEqual(found());
  });

  it("by a factor stretch deviations too; whole numbers stay whole, interval ends included, and several shifts follow one another", () => {
    const [before, after] = [found(), shift({ column: "income", multiply: 1.1 }, { column: "income", add: 100 })];
    const [a, b] = [of(before, "income"), of(after, "income")];
    expect(b.value).toBe(Math.round(1.1 * a.value + 100));
    expect([b.lower, b.upper]).toEqual([Math.floor(1.1 * a.lower! + 100), Math.ceil(1.1 * a.upper! + 100)]);
    expectClose([b.mean!, b.sd!], [1.1 * a.mean! + 100, 1.1 * a.sd!], { rtol: 1e-12 });
    expect(drawsOf(after, "income")).toEqual(drawsOf(before, "income").map((value) => Math.round(1.1 * value + 100)));
    // 70 * 1.1 is 77.00000000000001
    expect(numberMover(columns[place("income")], [{ column: "income", multiply: 1.1 }]).place(70)).toBe(77);
  });

  it("are cut at bounds, which is counted; mean and deviation are then those of the cut draws", () => {
    const before = found();
    for (const [name, own, low, high] of [["income", { column: "income", add: -900 }, 0, Infinity], ["share", { column: "share", add: 0.6 }, 0, 1]] as const) {
      const after = shift(own);
      const expected = drawsOf(before, name).map((value) => Math.min(high, Math.max(low, value + own.add)));
      const cut = drawsOf(before, name).filter((value) => value + own.add < low || value + own.add > high).length;
      expectClose(drawsOf(after, name), expected, { rtol: 1e-12 });
      expect(cut).toBeGreaterThan(100);
      expect(after.shifted).toEqual([{ column: name, cells: 1, cut: Number(name === "share"), cutCompletions: cut }]);
      const mean = expected.reduce((a, b) => a + b) / count;
      expectClose([of(after, name).mean!, of(after, name).sd!], [mean, Math.sqrt(expected.reduce((total, value) => total + (value - mean) ** 2, 0) / count)], { rtol: 1e-9 });
      expect(of(after, name).lower).toBeGreaterThanOrEqual(low);
      expect(of(after, name).upper).toBeLessThanOrEqual(high);
    }
    const all = of(shift({ column: "income", add: -1e6 }), "income");
    expect([all.value, all.mean, all.sd, all.lower, all.upper]).toEqual([0, 0, 0, 0, 0]);
  });
});

describe("shifts of levels", () => {
  it("move the log-odds of a level, of an ordered column those of all higher levels; the answer, its interval and probabilities follow, and no set remains", () => {
    const after = shift({ column: "smoker", level: "yes", logOdds: 1.5 }, { column: "grade", higher: -0.8 });
    const smoker = of(after, "smoker");
    expectClose([logit(smoker.probabilities![1])], [logit(0.3) + 1.5], { rtol: 1e-12 });
    expect(smoker).toMatchObject({ value: 1, label: "yes" });
    expect(smoker).not.toHaveProperty("set");
    const grade = of(after, "grade").probabilities!;
    expectClose([logit(grade[2]), logit(grade[1] + grade[2]), grade[0] + grade[1] + grade[2]], [logit(0.2) - 0.8, logit(0.5) - 0.8, 1], { rtol: 1e-12 });
    const towards = shiftedProbabilities(columns[place("grade")], [0.5, 0.3, 0.2], [{ column: "grade", level: "2", logOdds: 0.4 }]);
    expectClose([Math.log(towards[1] / towards[0]), Math.log(towards[1] / towards[2])], [Math.log(0.3 / 0.5) + 0.4, Math.log(0.3 / 0.2) + 0.4], { rtol: 1e-12 });
    // no overflow, and no level is lost by none
    expect(shiftedProbabilities(columns[place("grade")], [0.5, 0.3, 0.2], [{ column: "grade", higher: 1000 }])).toEqual([0, 0, 1]);
    expectClose(shiftedProbabilities(columns[place("grade")], [0.5, 0.3, 0.2], [{ column: "grade", higher: 0 }]), [0.5, 0.3, 0.2], { rtol: 1e-12 });
  });

  it("change as few draws as may be, as often as the odds ask, and a larger shift those that a smaller one changes", () => {
    const before = drawsOf(found(), "smoker");
    let last = before;
    for (const logOdds of [0, 0.5, 1, 2, 4]) {
      const own = drawsOf(shift({ column: "smoker", level: "yes", logOdds }), "smoker");
      if (logOdds === 0) expect(own).toEqual(before);
      // none goes from yes to no
      own.forEach((level, c) => expect(level).toBeGreaterThanOrEqual(last[c]));
      // seed 3, 400 draws: standard error of a share at most 0.025, three of them
      const wanted = 1 / (1 + Math.exp(-(logit(0.3) + logOdds)));
      expect(Math.abs(own.filter((level) => level === 1).length / count - wanted)).toBeLessThan(0.075);
      last = own;
    }
  });

  it("of completions go by the frequencies of the joint draws, not by the cell's own answer", () => {
    // 400 joint draws of which 60 % say yes, where the cell's own answer says 30 %
    const joint = { ...found(), completed: Array.from({ length: count }, (_, c) => Float64Array.from(columns.slice(0, -1), (own) => (own.name === "smoker" ? Number(c % 5 < 3) : 0))) };
    const drawn = new DrawnLevels(columns.map(({ categories, role }) => (role === "feature" && categories ? categories.length : 0)), columns.length - 1);
    drawn.add(9, Float32Array.from({ length: count * (columns.length - 1) }, (_, i) => joint.completed[Math.floor(i / (columns.length - 1))][i % (columns.length - 1)]), new Float32Array(count));
    expect(drawn.of(9, place("smoker"))).toEqual([160, 240]);
    const shifts: Shift[] = [{ column: "smoker", level: "yes", logOdds: 1 }];
    const after = shiftImputation({ ...joint, levelCounts: joint.cells.map((cell) => drawn.of(9, cell.column)) }, columns, shifts, { interval, seed, firstRow: 0, cellDraws: 0 });
    const share = drawsOf(after, "smoker").filter((level) => level === 1).length / count;
    // standard error of the 160 that may change: 0.4 * sqrt(0.5 * 0.5 / 160) = 0.016, three of them
    expect(Math.abs(share - 1 / (1 + Math.exp(-(logit(0.6) + 1))))).toBeLessThan(0.048);
    expectClose([logit(of(after, "smoker").probabilities![1])], [logit(0.3) + 1], { rtol: 1e-12 });
  });
});

it("shifts that cannot be are refused with what is there instead", () => {
  const refused = (...shifts: Shift[]): string => {
    try {
      checkShifts(schema, shifts);
      return "nothing is wrong";
    } catch (cause) {
      return (cause as RangeError).message;
    }
  };
  expect([
    refused({ column: "incme", add: 1 }, { column: "name", add: 1 }),
    refused({ column: "y", add: 1 }),
    refused({ column: "income", add: Number.NaN }),
    refused({ column: "income", multiply: 0 }),
    refused({ column: "income", level: "yes", logOdds: 1 }),
    refused({ column: "visit", multiply: 2 }),
    refused({ column: "start", multiply: 2 }),
    refused({ column: "smoker", add: 1 }),
    refused({ column: "smoker", level: "ja", logOdds: 1 }),
    refused({ column: "smoker", higher: 1 }),
    refused({ column: "grade", higher: 1 }, { column: "share", add: 0.1 }),
  ].join("\n")).toMatchInlineSnapshot(`
    "[impute] shifts: there is no column "incme"; the model has change, income, share, visit, smoker, grade, start, y.
    the column "name" is not modelled and never filled; the model fills change, income, share, visit, smoker, grade, start, y.
    [impute] shifts: the column "y" is a target, whose holes are not filled here; have targets filled too, or leave the shift out.
    [impute] shifts: expected one finite number to move "income" by, got NaN.
    [impute] shifts: expected a factor above 0, got 0.
    [impute] shifts: "income" is a column of numbers, which has no levels; expected an offset or a factor.
    [impute] shifts: "visit" is a column of dates, which no factor moves; expected an offset in days.
    [impute] shifts: "start" is a column of times, which no factor moves; expected an offset in minutes.
    [impute] shifts: "smoker" has levels, which no offset or factor moves; expected a level and by how much its log-odds move. Its levels are no, yes.
    [impute] shifts: "smoker" has no level "ja"; its levels are no, yes.
    [impute] shifts: the levels of "smoker" have no order; expected one of them and by how much its log-odds move: its levels are no, yes.
    nothing is wrong"
  `);
});
