import { beforeAll, describe, expect, it } from "vitest";
import { keyFromSeed } from "../../../src/math/key.ts";
import { crossSplits, HeldBack, joinedRows } from "../../../src/model/completion/held-back.ts";
import { cutAt, fit, loadModel, stagePlan, type FileSet, type FitOptions, type Model, type Progress } from "../../../src/model/index.ts";
import { readSafetensors } from "../../../src/nn/safetensors.ts";
import { testDevice } from "../../device.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "../small-model.ts";

const folds = 3;
const table = smallTable(60);
const small = smallConfig("best");
const config = (crossFolds?: number) => ({ ...small, completion: { ...small.completion!, hidden: 24, latent: 2, averaging: 0.9, lookEvery: 50, members: 2, ...(crossFolds !== undefined && { crossFolds }) }, gaussians: { parts: 2 } });
const schedule = { ...smallSchedule, viSteps: 100, hmcSteps: 4, completionSteps: 100, completionPatience: 100 };
const train = async (crossFolds?: number, more: Partial<FitOptions> = {}): Promise<Model> => fit(await testDevice(), table, smallSchema, { config: config(crossFolds), schedule, seed: 3, ...more });
const headOf = (files: FileSet, name: string) => JSON.parse(new TextDecoder().decode(files.get(name)));

describe("parts of a table", () => {
  const ten = smallTable(10);
  const same = (a: ArrayLike<number>, at: number, b: ArrayLike<number>, from: number, width: number): boolean => Array.from({ length: width }, (_, j) => a[at * width + j] === b[from * width + j]).every(Boolean);

  it("hold back each row, as many in each, and train on the others", () => {
    const found = new Array<number>(10).fill(0);
    for (const { training, heldBack } of crossSplits(ten, 3, keyFromSeed(4))) {
      expect([training.rows, heldBack.rows]).toEqual([6, 4]);
      for (let row = 0; row < 10; row++) {
        const [held, trained] = [heldBack, training].map((own) => Array.from({ length: own.rows }, (_, i) => same(own.x, i, ten.x, row, 4)).some(Boolean));
        expect(held).toBe(!trained);
        found[row] += Number(held);
      }
    }
    // 3 x 4 places for 10 rows
    expect(found.every((times) => times >= 1)).toBe(true);
    expect(found.reduce((a, b) => a + b)).toBe(12);
  });

  it("are guessed as one: copy after copy of all rows, part after part", () => {
    expect(joinedRows([["a1", "b1", "a2", "b2"], ["c1", "d1", "c2", "d2"]], 2, 1)).toEqual(["a1", "b1", "c1", "d1", "a2", "b2", "c2", "d2"]);
    expect(joinedRows([[1, 2, 3, 4], [5, 6, 7, 8]], 1, 2)).toEqual([1, 2, 5, 6, 3, 4, 7, 8]);
    const parts = crossSplits(ten, 2, keyFromSeed(4)).map(({ heldBack }, k) => new HeldBack(heldBack, keyFromSeed(k), true, 100));
    const joined = HeldBack.joined(parts);
    // 240 masked rows are wanted of 100: three copies
    expect([joined.rows, joined.originals, joined.apart]).toEqual([30, 10, true]);
    for (let i = 0; i < joined.rows; i++) {
      const [copy, original] = [Math.floor(i / 10), i % 10];
      const part = parts[Math.floor(original / 5)];
      const from = copy * 5 + (original % 5);
      for (const name of ["x", "shown"] as const) expect(same(joined[name], i, part[name], from, 4)).toBe(true);
      expect(same(joined.scored, i, part.scored, from, 5)).toBe(true);
      expect(joined.truth(i, 4)).toBe(part.truth(from, 4));
      // a row is the same in all its copies
      expect(same(joined.x, i, joined.x, original, 4)).toBe(true);
    }
  });
});

describe("cross-fitting", () => {
  let model: Model;
  const looks: Progress[] = [];
  const checkpoints: FileSet[] = [];
  beforeAll(async () => {
    model = await train(folds, { onProgress: (progress) => looks.push(progress), onCheckpoint: async (files) => void checkpoints.push(files) });
  }, 180_000);
  const inCross = () => checkpoints.filter((files) => headOf(files, "checkpoint.json").stage === "cross");
  const weights = async (of: Model, name: string): Promise<ArrayLike<number>> => {
    const { tensors } = readSafetensors((await of.files()).get("weights.safetensors")!, "");
    return tensors.get(name)!.data as Float32Array;
  };

  it("is planned for small tables alone", () => {
    const names = (rows?: number, crossFolds = folds) => stagePlan({ config: config(crossFolds), schedule, rows }).map(({ name }) => name);
    expect(names(60)).toEqual(["elbo", "hmc", "completion", "ensemble", "cross"]);
    for (const rows of [undefined, 400, 19]) expect(names(rows)).not.toContain("cross");
    for (const none of [0, 1]) expect(names(60, none)).not.toContain("cross");
    const { steps, cost } = stagePlan({ config: config(folds), schedule, rows: 60 }).at(-1)!;
    expect(steps).toBe(folds + 1);
    // the ELBO stage, four steps of HMC that cost seven each, and the usual quarter of the completion network's, which look up rows
    expect(cost).toBeCloseTo(100 + 4 * 7 + 0.25 * 2 * 1.5 * 100);
  });

  it("lets all rows decide, and trains the latent variable model on all of them", async () => {
    expect(looks.filter(({ stage }) => stage === "cross").map(({ step, steps }) => [step, steps])).toEqual([0, 1, 2, 3, 4].map((step) => [step, 4]));
    const [files, tenth] = [await model.files(), await train()];
    expect(model.calibration!.rows).toBe(60);
    // 6 of 60 rows are a tenth: too few for maps of their own
    expect(tenth.calibration!.rows).toBe(6);
    const [own, before] = [headOf(files, "config.json").chosen, headOf(await tenth.files(), "config.json").chosen];
    expect([own.step, own.gaussians.parts]).toEqual([before.step, before.gaussians.parts]);
    expect(await weights(model, "decoder/0/kernel")).not.toEqual(await weights(tenth, "decoder/0/kernel"));
    // networks stay, but for the temperature that divides their logits: w_own T_own = w_before T_before
    const kernel = "completion/member/1/output/0/kernel";
    const [now, then] = [await weights(model, kernel), await weights(tenth, kernel)];
    for (const i of [0, 7, 100]) expect(now[i] * own.temperature).toBeCloseTo(then[i] * before.temperature, 5);
    expect(await weights(model, "completion/member/1/encoder/0/kernel")).toEqual(await weights(tenth, "completion/member/1/encoder/0/kernel"));
    const shown = Float32Array.from(table.observedX, (_, i) => Number((i * 7919) % 10 >= 4));
    const scores = await model.evaluate(table, shown, { draws: 20, seed: 1 });
    expect(scores.error_xu).toBeLessThan(1);
    expect(await (await loadModel(await testDevice(), files)).evaluate(table, shown, { draws: 20, seed: 1 })).toEqual(scores);
  }, 120_000);

  it("goes on from a checkpoint to the same model, without the trainings that were done", async () => {
    // before the first, and after two of three
    expect(inCross().map((files) => headOf(files, "checkpoint.json").step)).toEqual([...Array(folds + 1).keys()].map((step) => headOf(inCross()[0], "checkpoint.json").step + step));
    const after: Progress[] = [];
    const resumed = await train(folds, { resume: inCross()[2], onProgress: (progress) => after.push(progress) });
    expect(after.map(({ stage, step }) => [stage, step])).toEqual([["cross", 3], ["cross", 4]]);
    const [a, b] = [await resumed.files(), await model.files()];
    expect(a.get("weights.safetensors")).toEqual(b.get("weights.safetensors"));
    expect(headOf(a, "config.json").chosen).toEqual(headOf(b, "config.json").chosen);
  }, 120_000);

  it("cut short leaves what a tenth of the rows decided, with all networks", async () => {
    const resume = inCross()[1];
    const cut = cutAt({ config: config(folds), schedule, rows: 60 }, headOf(resume, "checkpoint.json").step);
    const after: Progress[] = [];
    const stopped = await train(undefined, { ...cut, resume, onProgress: (progress) => after.push(progress) });
    expect(after).toEqual([]);
    expect((await stopped.files()).get("weights.safetensors")).toEqual((await (await train()).files()).get("weights.safetensors"));
  }, 120_000);

  it("waits for time that is left, and is left out where there is none", async () => {
    const within = (seconds: number): FitOptions["time"] => ({ seconds, clock: () => performance.now() });
    const enough = await train(folds, { time: within(600) });
    expect(enough.calibration!.rows).toBe(60);
    expect((await enough.files()).get("weights.safetensors")).toEqual((await model.files()).get("weights.safetensors"));
    expect((await train(folds, { time: within(0.01) })).calibration?.rows).not.toBe(60);
  }, 120_000);
});
