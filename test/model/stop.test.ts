import { describe, expect, it } from "vitest";
import { cutAt, fit, stagePlan, type FileSet, type Model, type Progress, type Training } from "../../src/model/index.ts";
import { testDevice } from "../device.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "./small-model.ts";

const table = smallTable(120);
const test = smallTable(20, 9);
const shown = Float32Array.from(test.observedX, (_, i) => Number((i * 7919) % 10 >= 4));
const seed = 3;
const small = smallConfig("best");

const trainings: Record<string, Training> = {
  best: {
    config: { ...small, completion: { ...small.completion!, hidden: 24, latent: 2, averaging: 0.9, lookEvery: 100, members: 3 }, gaussians: { parts: 2 } },
    schedule: { ...smallSchedule, viSteps: 100, hmcSteps: 8, completionSteps: 200, completionPatience: 200 },
  },
  HHVAEM: { config: smallConfig("HHVAEM"), schedule: smallSchedule },
};

const head = (files: FileSet) => JSON.parse(new TextDecoder().decode(files.get("checkpoint.json"))) as { step: number; stage: string };

const found = new Map<Training, Promise<FileSet[]>>();

/** The first checkpoint of each stage of a whole training, soon after its beginning, and the last of the completion network's. */
function checkpointsOf(training: Training): Promise<FileSet[]> {
  const take = async (): Promise<FileSet[]> => {
    const all: FileSet[] = [];
    await fit(await testDevice(), table, smallSchema, { ...training, seed, wantCheckpoint: () => true, onCheckpoint: async (files) => void all.push(files) });
    const stages = all.map((files) => head(files).stage);
    return all.filter((_, i) => stages[i] !== stages[i - 1] || (stages[i] === "completion" && stages[i] !== stages[i + 1]));
  };
  if (!found.has(training)) found.set(training, take());
  return found.get(training)!;
}
const weights = async (model: Model): Promise<Uint8Array> => (await model.files()).get("weights.safetensors")!;

describe("a training cut at a checkpoint", () => {
  for (const [name, training] of Object.entries(trainings)) {
    it(`${name}: in every stage the model answers with what it has learned, and no step is trained after the stop`, async () => {
      const gpu = await testDevice();
      const checkpoints = await checkpointsOf(training);
      expect(new Set(checkpoints.map((files) => head(files).stage))).toEqual(new Set(stagePlan(training).map((stage) => stage.name)));
      for (const resume of checkpoints) {
        const { step, stage } = head(resume);
        const after: Progress[] = [];
        const cut = cutAt(training, step);
        const model = await fit(gpu, table, smallSchema, { ...cut, seed, resume, onProgress: (progress) => after.push(progress), onCheckpoint: () => Promise.reject(new Error("nothing new is there to be kept")) });
        expect(after, `steps after the stop at step ${step}, ${stage}`).toEqual([]);
        const { error_xu } = await model.evaluate(test, shown, { draws: 20, seed: 1 });
        expect(error_xu).toBeLessThan(1.5);
        // what is left of the stages is what was done
        if (stage !== "ensemble") expect(stagePlan(cut).reduce((steps, own) => steps + own.steps, 0)).toBe(step);
      }
    }, 240_000);
  }

  it("gives the model of a training that was meant to end there", async () => {
    const gpu = await testDevice();
    const checkpoints = (await checkpointsOf(trainings.best)).filter((files) => head(files).stage !== "ensemble");
    // in the midst of the completion network's training, between two looks at the rows held back, and of the HMC stage
    for (const stage of ["completion", "hmc"]) {
      const resume = checkpoints.find((files) => head(files).stage === stage)!;
      const cut = cutAt(trainings.best, head(resume).step);
      expect(await weights(await fit(gpu, table, smallSchema, { ...cut, seed, resume }))).toEqual(await weights(await fit(gpu, table, smallSchema, { ...cut, seed })));
    }
  }, 120_000);

  it("of further networks in training keeps the first, which the rows held back have tested", async () => {
    const resume = (await checkpointsOf(trainings.best)).find((files) => head(files).stage === "ensemble")!;
    const cut = cutAt(trainings.best, head(resume).step);
    expect(cut.config.completion!.members).toBe(1);
    expect(cut.schedule).toEqual(trainings.best.schedule);
    const alone = await fit(await testDevice(), table, smallSchema, { ...cut, seed });
    expect(await weights(await fit(await testDevice(), table, smallSchema, { ...cut, seed, resume }))).toEqual(await weights(alone));
  }, 120_000);

  it("can be stopped in turn", async () => {
    const resume = (await checkpointsOf(trainings.best)).find((files) => head(files).stage === "elbo")!;
    const options = { ...cutAt(trainings.best, head(resume).step), seed, resume, signal: AbortSignal.abort(new Error("enough")) };
    await expect(fit(await testDevice(), table, smallSchema, options)).rejects.toThrow("enough");
  }, 60_000);
});
