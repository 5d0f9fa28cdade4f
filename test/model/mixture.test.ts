import { describe, expect, it } from "vitest";
import { deviceTensor } from "../../src/autodiff/index.ts";
import type { Column } from "../../src/data/index.ts";
import type { MixedColumn } from "../../src/likelihood/mixed.ts";
import { keyFromSeed } from "../../src/math/key.ts";
import { cellDraws } from "../../src/model/posterior/entry-draws.ts";
import { posteriorDraws, targetPart } from "../../src/model/posterior/joint-draws.ts";
import { MixturePosterior } from "../../src/model/posterior/mixture-posterior.ts";
import type { Posterior } from "../../src/model/posterior/posterior.ts";
import { drawCounts, drawCountsOfBoth } from "../../src/model/posterior/shares.ts";
import { expectClose } from "../expect-close.ts";
import { testDevice } from "../device.ts";

const number: MixedColumn = { kind: "gaussian" } as MixedColumn;
const rows = 2;

/** Draws that say whose they are: 100 times the part, 10 times the row, and the draw. One feature, one target. */
function numbered(part: number, draws: number): Posterior {
  const theta = Float32Array.from({ length: rows * draws }, (_, i) => 100 * part + 10 * Math.floor(i / draws) + (i % draws));
  const columns = { draws, mixed: [number], variance: 1, theta };
  return {
    sizes: { rows, draws },
    entries: () => Promise.resolve({ rows, draws, parts: [{ features: columns, targets: columns }], logProbX: theta, weightedLogProbX: theta, logProbY: theta, acceptance: 0.8, divergences: 0 }),
    draw: () => Promise.reject(new Error("not asked for")),
    destroy: () => undefined,
  };
}

describe("a mixture of two posteriors", () => {
  it("shares the draws out, at least one to each part that has a weight", () => {
    expect([[0.7, 0.3], [0.98, 0.02], [1, 0], [0.1, 0.9]].map((weights) => drawCounts(10, weights))).toEqual([[7, 3], [9, 1], [10, 0], [1, 9]]);
    expect([drawCounts(2, [0.1, 0.9]), drawCounts(1, [0.1, 0.9]), drawCounts(7, [0.2, 0.01, 0.79]), drawCounts(2, [0.2, 0.01, 0.79])]).toEqual([[1, 1], [0, 1], [1, 1, 5], [1, 0, 1]]);
    expect(drawCountsOfBoth(10, [{ features: 0.6, targets: 0.2 }, { features: 0.4, targets: 0.8 }])).toEqual([6, 8]);
  });

  it("answers features and targets with their own weights, by draws that are far apart", async () => {
    const weights = [{ features: 0.6, targets: 0.2 }, { features: 0.4, targets: 0.8 }];
    const [first, second] = drawCountsOfBoth(10, weights);
    const targets = { columns: [], mixed: [] };
    const posterior = new MixturePosterior(await testDevice(), [numbered(1, first), numbered(2, second)], targets, 1, weights, { rows, draws: 10 });
    const none = new Float32Array(rows);
    const sample = await posterior.entries({ known: { rows, x: none, observed: none }, count: rows, truth: { x: none, y: none }, key: keyFromSeed(1), place: 0 });
    expect([sample.draws, sample.acceptance]).toEqual([10, 0.8]);
    const said = (of: "features" | "targets", r: number): number[] => cellDraws(sample, of, r, 0).flatMap(({ theta }) => Array.from(theta));
    // of the second's 8 draws every other one; all 6 of the first
    expect(said("features", 1)).toEqual([110, 111, 112, 113, 114, 115, 211, 213, 215, 217]);
    expect(said("targets", 0)).toEqual([101, 104, 200, 201, 202, 203, 204, 205, 206, 207]);
    expect(Array.from(sample.logProbX.subarray(10))).toEqual(said("features", 1));
    expect(Array.from(sample.logProbY.subarray(0, 10))).toEqual(said("targets", 0));
  });
});

it("leaves each part's arrays on the device and says how many of their draws count; not where a part cannot", async () => {
  const gpu = await testDevice();
  const onDevice = (made: number): Posterior => {
    const tensor = deviceTensor(gpu, [rows * made]);
    const columns = { made, draws: made, mixed: [number], variance: 1, theta: tensor, logProb: tensor, weightedLogProb: tensor };
    return { ...numbered(1, made), entriesOnDevice: () => Promise.resolve({ parts: [{ features: columns, targets: columns, silent: false }] }) };
  };
  const weights = [{ features: 0.6, targets: 0.2 }, { features: 0.4, targets: 0.8 }];
  const mixture = (parts: Posterior[]): Posterior => new MixturePosterior(gpu, parts, { columns: [], mixed: [] }, 1, weights, { rows, draws: 10 });
  const none = new Float32Array(rows);
  const { parts } = await mixture([onDevice(6), onDevice(8)]).entriesOnDevice!({ known: { rows, x: none, observed: none }, count: rows, truth: { x: none, y: none }, key: keyFromSeed(1), place: 0 });
  expect(parts.map(({ features, targets }) => [features.made, features.draws, targets!.draws])).toEqual([[6, 6, 2], [8, 4, 8]]);
  expect(mixture([onDevice(6), numbered(2, 8)]).entriesOnDevice).toBeUndefined();
});

it("a mixture answers for the target alone with the target's weight", async () => {
  const gpu = await testDevice();
  const column: Column = { name: "t", role: "target", type: "real", mean: 0, std: 1 };
  const targets = { columns: [column], mixed: [number] };
  /** A posterior whose target is Gaussian about one number at each draw. */
  const about = (mean: number, logProb: number, draws: number): Posterior => ({
    sizes: { rows: 1, draws },
    entries: () => Promise.reject(new Error("not asked for")),
    draw: (_, key) =>
      Promise.resolve(
        posteriorDraws({ rows: 1, draws, features: 1 }, targets, key, {
          x: deviceTensor(gpu, [draws, 1]),
          y: deviceTensor(gpu, [draws, 1]),
          effective: new Float64Array(1),
          targetParts: () => Promise.resolve([targetPart(draws, [number], 1e-6, new Float32Array(draws).fill(mean))]),
          targetLogProb: () => Promise.resolve(new Float32Array(draws).fill(logProb)),
        }),
      ),
    destroy: () => undefined,
  });
  const weights = [{ features: 0.5, targets: 0.8 }, { features: 0.5, targets: 0.2 }];
  const posterior = new MixturePosterior(gpu, [about(0, -1, 50), about(1, -3, 50)], targets, 1, weights, { rows: 1, draws: 100 });
  const draws = await posterior.draw({ rows: 1, x: new Float32Array(1), observed: new Float32Array([1]) }, keyFromSeed(2));
  expect(draws.draws).toBe(100);
  // 50 of the first and 13 of the second: 0.21
  expect((await draws.predictions(0.9))[0].mean).toBeCloseTo(13 / 63, 5);
  expect(draws.x.shape).toEqual([1, 100, 1]);
  expectClose(await draws.logLikelihood([0]), [Math.log(0.8 * Math.exp(-1) + 0.2 * Math.exp(-3))], { rtol: 1e-5 });
  posterior.destroy();
});
