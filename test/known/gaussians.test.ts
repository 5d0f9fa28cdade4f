import { describe, expect, it } from "vitest";
import { keyFromSeed, foldIn, normal, uniform } from "../../src/math/key.ts";
import { pool } from "../../src/math/pooling.ts";
import { mean } from "../../src/math/statistics.ts";
import { chooseParts, fitChosen } from "../../src/model/gaussians/choose-parts.ts";
import { columnPlaces, MixtureDensity } from "../../src/model/gaussians/mixture-density.ts";
import { combinedTable } from "../../src/model/completion/completion-stage.ts";
import { expectClose } from "../expect-close.ts";
import { codeRows, exactCoded, gaussianColumns } from "./code-rows.ts";
import { regressionRows, slopeOfX, trueSlope } from "./pooled.ts";
import { chain, drawRows, exact, exactLogProb, mild, strong } from "./truth.ts";

const seed = keyFromSeed(11);

/** Loss of the fitted mixture against the truth, nats per hidden cell of 300 fresh rows, y known. */
async function lossPerCell(truth: typeof strong, rows: number, missing: "random" | "depending"): Promise<{ loss: number; cells: number; parts: number }> {
  const train = drawRows(truth, rows, { seed: 1, missing });
  const test = drawRows(truth, 300, { seed: 2, missing });
  const { schema, table } = codeRows(truth, train);
  const places = columnPlaces(gaussianColumns(schema));
  const own = (given: typeof table) => {
    const { rows, x, observedX: observed } = combinedTable(given);
    return { rows, x, observed };
  };
  const choice = await chooseParts(own(table), places, 12, seed);
  const density = new MixtureDensity(await fitChosen(own(table), places, choice, seed), places);
  const fresh = own(codeRows(truth, test, schema).table);
  const complete = own(codeRows(truth, { ...test, observed: new Uint8Array(test.observed.length).fill(1) }, schema).table);
  const columns = schema.columns.length;
  const losses: number[] = [];
  for (let r = 0; r < test.rows; r++) {
    const known = density.condition(fresh.x, fresh.observed, r * columns).logDensity;
    schema.columns.forEach((column, j) => {
      if (fresh.observed[r * columns + j] === 1) return;
      const x = Float64Array.from(fresh.x.subarray(r * columns, (r + 1) * columns));
      const observed = Float64Array.from(fresh.observed.subarray(r * columns, (r + 1) * columns));
      [x[j], observed[j]] = [complete.x[r * columns + j], 1];
      losses.push(exactCoded(truth, test, r, column, true) - (density.condition(x, observed).logDensity - known));
    });
  }
  return { loss: mean(losses), cells: losses.length, parts: choice.parts };
}

describe("the mixture of Gaussians", () => {
  it("with the truth's own parameters gives the truth's densities and conditionals", () => {
    const n = 4;
    const places = columnPlaces(gaussianColumns({ version: 1, columns: [...strong.names.map((name) => ({ name, role: "feature" as const, type: "real" as const })), { name: "c", role: "feature", type: "categorical", categories: ["A", "B", "C"] }] }));
    const levels = Float64Array.from({ length: 9 }, (_, i) => (i % 4 === 0 ? 1 - 2e-12 : 1e-12));
    const density = new MixtureDensity({ weights: Float64Array.from(strong.classes), mean: Float64Array.from(strong.means.flat()), covariance: Float64Array.from({ length: 48 }, (_, i) => strong.covariance.flat()[i % 16]), levels }, places);
    const rows = drawRows(strong, 40, { seed: 5, rate: 0.5 });
    for (let r = 0; r < rows.rows; r++) {
      const values = [...rows.numbers.subarray(r * n, (r + 1) * n), rows.classes[r]];
      const observed = rows.observed.subarray(r * (n + 1), (r + 1) * (n + 1));
      const known = values.map((value, i) => (observed[i] === 1 ? value : undefined));
      const truth = exact(strong, known);
      const own = density.condition(values, observed);
      expectClose([own.logDensity], [truth.logDensity], { atol: 1e-8 });
      expectClose(own.logWeights.map(Math.exp), truth.classes, { atol: 1e-8 });
      truth.classes.forEach((p, c) => p > 1e-6 && expectClose(own.mean.subarray(c * truth.hidden.length, (c + 1) * truth.hidden.length), truth.means[c], { atol: 1e-9 }));
      expectClose(own.pattern.regressions[0].covariance, truth.covariance, { atol: 1e-9 });
    }
    // the truth itself: log p of one more entry is the difference of two densities
    expectClose([exactLogProb(chain, [0.5, undefined, undefined, undefined, 0], 1, 0.1)], [-0.5 * ((0.1 - 0.4) ** 2 / 0.36 + Math.log(2 * Math.PI * 0.36))], { rtol: 1e-10 });
  });

  it.each([
    ["strong", "random", strong], ["strong", "depending", strong], ["mild", "random", mild], ["mild", "depending", mild], ["chain", "random", chain],
  ] as const)("learns the table %s from 400 incomplete rows, missing: %s; at most 0.10 nats a hidden cell are lost", async (_, missing, truth) => {
    const { loss, cells } = await lossPerCell(truth, 400, missing);
    expect(cells).toBeGreaterThan(120);
    expect(loss).toBeLessThanOrEqual(0.1);
    expect(loss).toBeGreaterThan(-0.05);
  });

  it("and from 4,000 rows: at most 0.05", async () => {
    const { loss, parts } = await lossPerCell(strong, 4000, "random");
    expect(loss).toBeLessThanOrEqual(0.05);
    expect(parts).toBeGreaterThanOrEqual(3);
  });

  it("an analysis of tables that it completes finds the true slope: within 3 % in the mean, covered in 92 to 98 % of 200 repetitions", async () => {
    const places = columnPlaces(Array.from({ length: 3 }, () => ({ kind: "learned" as const, levels: 1, positiveWeight: 1 })));
    const rows = 200;
    const slopes: number[] = [];
    let covered = 0;
    for (let repetition = 0; repetition < 200; repetition++) {
      const { values, observed } = regressionRows(rows, 1000 + repetition);
      const key = foldIn(seed, repetition);
      const density = new MixtureDensity(await fitChosen({ rows, x: values, observed }, places, { parts: 1, shared: true }, key), places);
      const analyses = Array.from({ length: 20 }, (_, m) => {
        const completed = values.slice();
        const noise = normal(foldIn(key, m), rows);
        for (let r = 0; r < rows; r++) {
          if (observed[3 * r + 1] === 1) continue;
          const { mean: expected, pattern } = density.condition(values, observed, 3 * r);
          completed[3 * r + 1] = expected[0] + Math.sqrt(pattern.regressions[0].covariance[0]) * noise[r];
        }
        return slopeOfX(completed, rows);
      });
      const { estimate: slope, lower, upper } = pool(analyses);
      slopes.push(slope);
      covered += Number(lower <= trueSlope && trueSlope <= upper);
    }
    expect(Math.abs(mean(slopes) / trueSlope - 1)).toBeLessThanOrEqual(0.03);
    expect(covered).toBeGreaterThanOrEqual(184);
    expect(covered).toBeLessThanOrEqual(196);
    // complete cases lose nothing here but rows: the oracle of the analysis itself
    const whole = Array.from({ length: 50 }, (_, i) => slopeOfX(regressionRows(rows, 1000 + i).values, rows).estimate);
    expect(Math.abs(mean(whole) - trueSlope)).toBeLessThan(0.05);
  });

  it("draws nothing beyond what it knows: an irrelevant column stays irrelevant", async () => {
    const rows = 400;
    const z = normal(foldIn(seed, 77), rows * 2);
    const u = uniform(foldIn(seed, 78), rows);
    const x = Float64Array.from({ length: rows * 3 }, (_, i) => (i % 3 === 0 ? z[2 * Math.floor(i / 3)] : i % 3 === 1 ? z[2 * Math.floor(i / 3)] * 0.6 + 0.8 * z[2 * Math.floor(i / 3) + 1] : Number(u[Math.floor(i / 3)] < 0.4)));
    const places = columnPlaces([{ kind: "learned", levels: 1, positiveWeight: 1 }, { kind: "learned", levels: 1, positiveWeight: 1 }, { kind: "bernoulli", levels: 1, positiveWeight: 1 }]);
    const data = { rows, x, observed: new Uint8Array(rows * 3).fill(1) };
    const density = new MixtureDensity(await fitChosen(data, places, await chooseParts(data, places, 12, seed), seed), places);
    const level = (given: number): number => {
      const of = (value: number): number => density.condition([given, 0, value], [1, 0, 1]).logDensity;
      return Math.exp(of(1) - density.condition([given, 0, 0], [1, 0, 0]).logDensity);
    };
    for (const given of [-1.5, 0, 1.5]) expect(Math.abs(level(given) - 0.4)).toBeLessThan(0.12);
  });
});
