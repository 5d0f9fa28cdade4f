import { beforeAll, describe, expect, it } from "vitest";
import { withQuantiles } from "../../../src/data/index.ts";
import { keyFromSeed } from "../../../src/math/key.ts";
import { fit, loadModel, packModel, unpackModel, type FileSet, type FitOptions, type Model, type Progress } from "../../../src/model/index.ts";
import { nearestGood } from "../../../src/model/completion/choose.ts";
import { HeldBack, scoreGuesses, splitRows } from "../../../src/model/completion/held-back.ts";
import { testDevice } from "../../device.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "../small-model.ts";

const table = smallTable(400);
const test = smallTable(100, 7);
/** Half of the cells are shown. */
const shown = Float32Array.from({ length: 400 }, (_, i) => Number((i * 7 + Math.floor(i / 4)) % 2));

const config = (preset: string) => {
  const small = smallConfig(preset);
  return { ...small, completion: { ...small.completion!, hidden: 32, latent: 3, members: 1, lookUp: 0, averaging: 0.98, lookEvery: 50 } };
};
const schedule = { ...smallSchedule, viSteps: 300, hmcSteps: 4, completionSteps: 600, completionPatience: 300, batch: 50 };
const train = async (preset: string, more: Partial<FitOptions> = {}): Promise<Model> => fit(await testDevice(), table, smallSchema, { config: config(preset), schedule, seed: 5, ...more });

describe("a mixture of the proper model and a completion network", () => {
  const progress: Progress[] = [];
  let best: Model;
  let files: FileSet;
  beforeAll(async () => {
    best = await train("best", { onProgress: (one) => progress.push(one) });
    files = await best.files();
  }, 180_000);

  it("trains both parts, and what held-back rows chose is in the file", () => {
    const bounds = progress.filter(({ stage, metrics }) => stage === "completion" && metrics.heldBack === undefined).map(({ metrics }) => metrics.bound);
    // a look every 50 steps, until 300 have brought no gain
    expect(bounds.length).toBeGreaterThanOrEqual(6);
    for (const bound of bounds) expect(Number.isFinite(bound)).toBe(true);
    // the error on the rows held back, at each look
    const errors = progress.flatMap(({ metrics }) => metrics.heldBack ?? []);
    expect(errors.length).toBeGreaterThanOrEqual(6);
    expect(Math.min(...errors)).toBeLessThan(errors[0]);
    const head = JSON.parse(new TextDecoder().decode(files.get("config.json"))) as { chosen: { step: number; weight: number; targetWeight: number; temperature: number } };
    expect(head.chosen.step % 50).toBe(0);
    expect(head.chosen.step).toBeGreaterThan(0);
    for (const weight of [head.chosen.weight, head.chosen.targetWeight]) {
      expect(weight).toBeGreaterThan(0);
      expect(weight).toBeLessThan(1);
    }
    expect(head.chosen.temperature).toBeGreaterThan(0.5);
  });

  it("fills hidden cells better than the mean, and the mixture's likelihood is between or above those of its parts", async () => {
    const score = (part?: "proper" | "conditional") => best.evaluate(test, shown, { draws: 100, part });
    const [both, proper, conditional] = [await score(), await score("proper"), await score("conditional")];
    // all columns follow one hidden number: the mean alone has errors of about 1, and 0.4 to 0.6 for levels
    for (const { error_xu } of [both, proper, conditional]) expect(error_xu).toBeLessThan(0.6);
    expect(both.rmse).toBeLessThan(0.6);
    // by Jensen any shares are better than the worse part; those that were chosen are not to cost more than a tenth of the better one's
    const [worse, better] = [proper.ll_xu_per_feature, conditional.ll_xu_per_feature].sort((a, b) => a - b);
    expect(both.ll_xu_per_feature).toBeGreaterThan(worse);
    expect(both.ll_xu_per_feature).toBeGreaterThan(better - 0.1);
    // about 160 hidden numbers: intervals that hold all, such as infinite ones, are as wrong as those that hold few
    expect(both.coverage_90).toBeGreaterThan(0.7);
    expect(both.coverage_90).toBeLessThan(0.99);
    expect(both.coverage_50).toBeGreaterThan(0.3);
    expect(both.coverage_50).toBeLessThan(0.75);
    expect(both.ll_xo).toBeNaN();
    expect(proper.ll_xo).toBeGreaterThan(-5);
  });

  it("answers the same from its file; levels and numbers of imputed cells are such as training has", async () => {
    const loaded = await loadModel(await testDevice(), unpackModel(packModel(files), "m.hhvaem"));
    const options = { draws: 40, completions: 1, targets: true, seed: 3 };
    const [a, b] = [await best.impute(test, options), await loaded.impute(test, options)];
    expect(b.cells).toEqual(a.cells);
    for (const { column, value, probabilities } of a.cells) {
      if (column < 2 || column === 4) expect(Number.isFinite(value)).toBe(true);
      else expect(probabilities!.reduce((x, y) => x + y)).toBeCloseTo(1, 5);
    }
  });

  it("draws joint values for acquisition, known ones kept, and ranks what is unknown", async () => {
    const sampler = best.conditional();
    const session = await sampler.open({ rows: 2, draws: 400 });
    const x = Float32Array.from([1.2, 0, 0, 0, 0, 0, 1, 0]);
    const observed = Float32Array.from([1, 0, 0, 0, 0, 0, 1, 0]);
    const joint = await session.draw({ rows: 2, x, observed }, keyFromSeed(1));
    expect(joint.draws).toBe(400);
    const values = await joint.x.read();
    for (let s = 0; s < 400; s++) expect(values[4 * s]).toBeCloseTo(1.2, 6);
    const y = await joint.y.read();
    const mean = (row: number): number => y.slice(row * 400, (row + 1) * 400).reduce((a, b) => a + b) / 400;
    // y is 0.8 h: a = 1.2 says that h is about 1.1
    expect(mean(0)).toBeGreaterThan(0.4);
    const [prediction] = await joint.predictions(0.9);
    expect(Math.abs(prediction.value - mean(0))).toBeLessThan(0.3);
    const truth = await joint.logLikelihood([0.9, 0.2]);
    const wrong = await joint.logLikelihood([-2.5, 0.2]);
    expect(truth[0]).toBeGreaterThan(wrong[0]);
    const rewards = await sampler.gaussianReward!({ rows: 2, x, observed }, joint, 50, keyFromSeed(2));
    expect(Array.from(rewards).every(Number.isFinite)).toBe(true);
    session.destroy();
  });

  it("explores the posterior of its proper part", async () => {
    const { hmc } = await best.latentPaths(test, 0, { chains: 3, sweeps: 1 });
    expect(hmc!.acceptance).toBeGreaterThan(0.2);
  });
});

describe("the completion network alone", () => {
  it("goes on from a checkpoint to the same weights, and has no chain to explore", async () => {
    let stored: FileSet | undefined;
    let looks = 0;
    const stop = new AbortController();
    const interrupted = train("conditional", {
      signal: stop.signal,
      wantCheckpoint: () => ++looks === 4,
      onCheckpoint: (given) => {
        stored ??= given;
        stop.abort(new Error("enough"));
        return Promise.resolve();
      },
    });
    await expect(interrupted).rejects.toThrow("enough");
    const resumed = await train("conditional", { resume: stored });
    const unbroken = await train("conditional");
    expect((await resumed.files()).get("weights.safetensors")).toEqual((await unbroken.files()).get("weights.safetensors"));
    await expect(unbroken.latentPaths(test, 0)).rejects.toThrow("completion network alone");
    await expect(unbroken.evaluate(test, shown, { part: "proper" })).rejects.toThrow('the model has no part "proper"');
    await expect(unbroken.evaluate(test, shown, { sampler: "hmc" })).rejects.toThrow("leave the sampler out");
    expect(unbroken.conditional().gaussianReward).toBeUndefined();
  }, 120_000);
});

describe("rows held back", () => {
  it("are a tenth, apart from the others; each is masked anew, and never shown what it is scored by", () => {
    const { training, heldBack } = splitRows(table, 0.1, keyFromSeed(3));
    expect([training.rows, heldBack.rows]).toEqual([360, 40]);
    const sums = (part: { y: ArrayLike<number> }): number[] => Array.from(part.y).map((value) => Math.round(value * 1e6));
    expect(new Set([...sums(training), ...sums(heldBack)]).size).toBe(new Set(sums(table)).size);
    const masked = new HeldBack(heldBack, keyFromSeed(4));
    expect(masked.rows).toBe(240);
    masked.scored.forEach((scored, i) => {
      const [row, j] = [Math.floor(i / 5), i % 5];
      if (j < 4 && scored === 1) expect(masked.shown[row * 4 + j]).toBe(0);
    });
    const hidden = masked.scored.reduce((a, b) => a + b, 0) / masked.scored.length;
    expect(hidden).toBeGreaterThan(0.4);
    expect(hidden).toBeLessThan(0.7);
    // the truth itself has no error
    const numbers = [true, true, false, false, true];
    const perfect = { mean: Float64Array.from({ length: 1200 }, (_, i) => masked.truth(Math.floor(i / 5), i % 5)), logProb: new Float64Array(1200) };
    expect(scoreGuesses(perfect, masked, numbers)).toEqual({ error: 0, negativeLogLikelihood: 0 });
  });

  it("of a handful of rows are those rows themselves", () => {
    const few = smallTable(8);
    expect(splitRows(few, 0.1, keyFromSeed(1))).toEqual({ training: few, heldBack: few });
    expect(withQuantiles(smallSchema, few).columns[0].bins!.atoms).toBe(true);
  });
});

describe("the targets' own weight", () => {
  const losses = (...means: number[]): Float64Array[] => means.map((mean) => Float64Array.from({ length: 40 }, (_, row) => mean + 0.5 * Math.sin(row)));

  it("stays where the error's weight is unless another one is clearly better, and moves no further than it must", () => {
    // differences that are the same for all rows are certain
    expect(nearestGood(losses(1, 1, 1, 1), 2)).toBe(2);
    expect(nearestGood(losses(0.4, 0.5, 0.8, 1), 3)).toBe(0);
    expect(nearestGood(losses(0.4, 0.4, 0.8, 1), 3)).toBe(1);
    // one row that speaks for the first and one that speaks against it
    const one = [Float64Array.from({ length: 40 }, (_, row) => (row === 7 ? 0 : row === 9 ? 1.5 : 1)), new Float64Array(40).fill(1)];
    expect(nearestGood(one, 1)).toBe(1);
    expect(nearestGood([new Float64Array(0), new Float64Array(0)], 1)).toBe(1);
  });
});
