import { beforeAll, describe, expect, it } from "vitest";
import { codeTable, codeValue, drawLimits, inferSchema, parseTable, withQuantiles, type Schema, type Table } from "../../src/data/index.ts";
import { foldIn, keyFromSeed } from "../../src/math/key.ts";
import { quantileOfSorted } from "../../src/math/statistics.ts";
import { drawsInUnits } from "../../src/model/answers/number-law.ts";
import { combinedTable } from "../../src/model/completion/completion-stage.ts";
import { fitChosen } from "../../src/model/gaussians/choose-parts.ts";
import { Gaussians } from "../../src/model/gaussians/gaussians.ts";
import { logProbs } from "../../src/model/gaussians/log-probs.ts";
import { columnPlaces } from "../../src/model/gaussians/mixture-density.ts";
import { drawRow } from "../../src/model/gaussians/row-draws.ts";
import { modelShape } from "../../src/model/config/columns.ts";
import { fit, presets, scheduleOf, type Imputation, type Model, type ModelConfig } from "../../src/model/index.ts";
import { testDevice } from "../device.ts";
import { houseTable } from "../data/house-table.ts";

const key = keyFromSeed(3);

describe("the mixture of Gaussians on areas that most houses do not have", () => {
  const houses = houseTable(1200, 0.2);
  let schema: Schema;
  let table: Table;
  let gaussians: Gaussians;
  beforeAll(async () => {
    const raw = parseTable(houses.csv);
    schema = inferSchema(raw, { targets: ["price"] });
    table = codeTable(raw, schema);
    const { columns } = modelShape(presets.best, withQuantiles(schema, table)).gaussians!;
    const places = columnPlaces(columns);
    const { rows, x, observedX: observed } = combinedTable(table);
    const parts = 8;
    gaussians = new Gaussians({ config: { parts }, columns, features: columns.length - 1 }, await fitChosen({ rows, x, observed }, places, { parts, shared: false }, key));
  }, 120_000);

  /** Draws in original units of every hidden cell of a column, and the truths. */
  const drawn = (name: string): { truth: number; draws: number[] }[] => {
    const j = houses.names.indexOf(name);
    const { x, observedX } = combinedTable(table);
    const width = schema.columns.length;
    return houses.hidden.filter(({ column }) => column === j).map(({ row }) => {
      const own = { x: Float64Array.from(x.subarray(row * width, (row + 1) * width)), observed: Float64Array.from(observedX.subarray(row * width, (row + 1) * width)) };
      const all = drawRow(gaussians, { ...own, row: gaussians.density.condition(own.x, own.observed) }, 100, foldIn(key, row));
      const inUnits = drawsInUnits(schema.columns[j]);
      return { truth: Number(houses.cells[row][j]), draws: Array.from({ length: 100 }, (_, s) => inUnits(all[s * width + j])) };
    });
  };

  it.each([["veneer", 0], ["porch", 0], ["heated", 100]])("%s: the share of %s in draws is the truth's within 5 points, and 90-%% intervals hold 85 to 96 of 100", (name, atom) => {
    const cells = drawn(name);
    expect(cells.length).toBeGreaterThan(200);
    const share = (values: readonly number[]): number => values.filter((value) => value === atom).length / values.length;
    // cells are hidden at random: the share among all of them says more than that among the hidden ones
    expect(Math.abs(share(cells.flatMap(({ draws }) => draws)) - share(houses.cells.map((row) => Number(row[houses.names.indexOf(name)]))))).toBeLessThan(0.05);
    const held = cells.filter(({ truth, draws }) => {
      const sorted = Float64Array.from(draws).sort();
      return truth >= quantileOfSorted(sorted, 0.05) && truth <= quantileOfSorted(sorted, 0.95);
    }).length / cells.length;
    expect(held).toBeGreaterThan(0.85);
    expect(held).toBeLessThan(0.965);
  });

  it("no draw lies beyond the limits of draws, which are those of the training rows and half as much again", () => {
    for (const name of ["area", "veneer", "porch"]) {
      const [low, high] = drawLimits(schema.columns[houses.names.indexOf(name)]);
      expect(high).toBeLessThan(1e4);
      for (const { draws } of drawn(name)) for (const value of draws) expect(value >= low && value <= high && Number.isInteger(value)).toBe(true);
    }
  });

  it("a row's density is that of its parameters: a porch of 0 its probability over its width, another a density", () => {
    const j = houses.names.indexOf("porch");
    const column = schema.columns[j];
    const width = schema.columns.length;
    const { x } = combinedTable(table);
    const own = Float64Array.from(x.subarray(0, width));
    const observed = new Float64Array(width).fill(1);
    observed[j] = 0;
    const known = gaussians.density.condition(own, observed);
    for (const units of [0, 80]) {
      own[j] = codeValue(column, units);
      const parts = gaussians.thetaOfParts(known).map((theta, part) => Math.exp(known.logWeights[part] + logProbs(gaussians, theta, own)[j]));
      const joint = gaussians.density.condition(own, Float64Array.from(observed, () => 1)).logDensity - known.logDensity;
      expect(Math.log(parts.reduce((a, b) => a + b))).toBeCloseTo(joint, 4);
    }
  });
});

describe("best, with networks that compile fast and a thirtieth of its schedule, on the same houses", () => {
  const houses = houseTable(800, 0.2, 5);
  // three columns with atoms and what they depend on
  const raw = parseTable(houses.csv);
  let model: Model;
  let answer: Imputation;
  beforeAll(async () => {
    const schema = inferSchema(raw, { targets: [], types: { area: "ignore", quality: "ignore", price: "ignore" } });
    const config: ModelConfig = { ...presets.best, hidden: 32, latents: [4, 2], completion: { ...presets.best.completion!, hidden: 48, latent: 3, members: 2, lookEvery: 50 }, gaussians: { parts: 4 }, hmc: { ...presets.best.hmc, transitions: 3, sksdChains: 5 } };
    const schedule = { ...scheduleOf(presets.best), viSteps: 150, hmcSteps: 2, completionSteps: 300, completionPatience: 150, learningRate: 3e-3 };
    const table = codeTable(raw, schema);
    model = await fit(await testDevice(), table, schema, { config, schedule, seed: 0 });
    answer = await model.impute(table, { draws: 60, completions: 10, seed: 1 });
  }, 300_000);

  it("values that repeat are drawn as often as they are the truth, within 5 points, and nothing is filled beyond what was seen", () => {
    const names = model.schema.columns.filter(({ role }) => role === "feature").map(({ name }) => name);
    expect(names).toEqual(["year", "veneer", "porch", "heated"]);
    for (const [name, atom] of [["veneer", 0], ["porch", 0], ["heated", 100]] as const) {
      const j = houses.names.indexOf(name);
      const cells = answer.cells.flatMap((cell, i) => (cell.name === name ? [{ cell, i, truth: Number(houses.cells[cell.row][j]) }] : []));
      expect(cells.length).toBe(houses.hidden.filter(({ column }) => column === j).length);
      const share = (values: readonly number[]): number => values.filter((value) => value === atom).length / values.length;
      const drawn = share(answer.completed.flatMap((own) => cells.map(({ i }) => own[i])));
      expect(Math.abs(drawn - share(houses.cells.map((row) => Number(row[j])))), name).toBeLessThan(0.05);
      const held = cells.filter(({ cell, truth }) => truth >= cell.lower! && truth <= cell.upper!).length / cells.length;
      expect(held, name).toBeGreaterThan(0.85);
      const [low, high] = model.schema.columns.find((column) => column.name === name)!.range!;
      for (const { cell } of cells) {
        expect(cell.value >= low && cell.value <= high && cell.mean! >= low && cell.mean! <= high).toBe(true);
        expect(cell.value >= cell.lower! && cell.value <= cell.upper!).toBe(true);
      }
    }
  });
});
