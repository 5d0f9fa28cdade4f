import { describe, expect, it } from "vitest";
import { cutAt, fit, loadModel, timeOfCheckpoint, type FileSet, type FitOptions, type Model } from "../../src/model/index.ts";
import { testDevice } from "../device.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "./small-model.ts";

const table = smallTable(120);
const config = smallConfig("HVAEM");
const schedule = { ...smallSchedule, marginalSteps: 2000, viSteps: 100_000, annealSteps: 1000 };
const train = async (time: FitOptions["time"], more: Partial<FitOptions> = {}): Promise<Model> => fit(await testDevice(), table, smallSchema, { config, schedule, seed: 3, time, ...more });
const stepsOf = ({ time }: Model): number[] => time!.stages.map(({ steps }) => steps);
const within = (seconds: number): FitOptions["time"] => ({ seconds, clock: () => performance.now() });

const found: { model: Model; checkpoints: FileSet[]; seconds: number }[] = [];

/** A training of three seconds after everything is compiled. */
async function timed() {
  if (found.length === 0) {
    await train(within(0.01));
    const checkpoints: FileSet[] = [];
    const began = performance.now();
    const model = await train(within(3), { wantCheckpoint: () => true, onCheckpoint: async (files) => void checkpoints.push(files) });
    found.push({ model, checkpoints, seconds: (performance.now() - began) / 1000 });
  }
  return found[0];
}

describe("a training that is given a time", () => {
  it("ends when the time is over, with steps of every stage, and its model says so", async () => {
    const { model, seconds } = await timed();
    const time = model.time!;
    expect(time.seconds).toBe(3);
    // looks half a second apart, and the restarts' comparison of their bounds
    expect(seconds).toBeGreaterThan(1.5);
    expect(seconds).toBeLessThan(6);
    expect(Math.abs(time.spent - seconds)).toBeLessThan(0.5);
    expect(time.stages.map(({ stage, of }) => [stage, of])).toEqual([["marginal", 4000], ["elbo", 100_000]]);
    for (const { steps, of } of time.stages) {
      expect(steps).toBeGreaterThanOrEqual(50);
      expect(steps).toBeLessThan(of / 2);
    }
    expect(time.whole).toBeGreaterThan(2 * time.spent);
    const files = await model.files();
    expect((await loadModel(await testDevice(), files)).time).toEqual(time);
    const log = new TextDecoder().decode(files.get("log.jsonl")).trim().split("\n").map((line) => JSON.parse(line) as { stage: string; step: number });
    expect(log.filter(({ stage }) => stage === "elbo").at(-1)!.step).toBe(stepsOf(model)[1]);
  }, 120_000);

  it("goes on from a checkpoint with what is left of the time", async () => {
    const { checkpoints } = await timed();
    const resume = checkpoints.find((_, i) => i > 0 && i >= checkpoints.length / 2)!;
    expect(timeOfCheckpoint(resume)).toBe(3);
    const head = JSON.parse(new TextDecoder().decode(resume.get("checkpoint.json"))) as { time: { spent: number; steps: { marginal: number; elbo: number } } };
    const { spent, steps } = head.time;
    expect(steps.elbo).toBeGreaterThan(0);
    const began = performance.now();
    const model = await train(within(3), { resume });
    const seconds = (performance.now() - began) / 1000;
    expect(spent + seconds).toBeLessThan(6);
    expect(Math.abs(model.time!.spent - spent - seconds)).toBeLessThan(0.5);
    expect(stepsOf(model)[0]).toBe(steps.marginal);
    expect(stepsOf(model)[1]).toBeGreaterThanOrEqual(steps.elbo);
    // none is left: no more steps than the least
    const over = await train(within(spent), { resume });
    expect(stepsOf(over)[1]).toBeLessThan(steps.elbo + 50);
  }, 120_000);

  it("cut at a checkpoint reports the steps that it wanted when it began, not those that are left", async () => {
    const { checkpoints } = await timed();
    const resume = checkpoints.at(-2)!;
    const { step, time: kept } = JSON.parse(new TextDecoder().decode(resume.get("checkpoint.json"))) as { step: number; time: { steps: { elbo: number } } };
    const model = await train(within(3), { ...cutAt({ config, schedule }, step), resume });
    expect(model.time!.stages.map(({ of }) => of)).toEqual([4000, 100_000]);
    expect(stepsOf(model)[1]).toBe(kept.steps.elbo);
    expect(model.time!.whole).toBeGreaterThan(2 * model.time!.spent);
  }, 120_000);

  it("has its whole schedule, bit for bit, where that fits", async () => {
    const short = { ...smallSchedule, marginalSteps: 20, viSteps: 40 };
    const [whole, timed] = [await train(undefined, { schedule: short }), await train(within(600), { schedule: short })];
    expect(whole.time).toBeUndefined();
    expect(stepsOf(timed)).toEqual([40, 40]);
    expect(timed.time!.whole).toBe(timed.time!.spent);
    expect((await timed.files()).get("weights.safetensors")).toEqual((await whole.files()).get("weights.safetensors"));
  }, 120_000);

  it("leaves out what is no use unfinished: further networks and the HMC stage", async () => {
    const best = smallConfig("best");
    const own = { ...best, completion: { ...best.completion!, hidden: 24, latent: 2, averaging: 0.9, lookEvery: 100, members: 3 }, gaussians: { parts: 2 } };
    const model = await train(within(0.01), { config: own, schedule: { ...smallSchedule, viSteps: 1000, hmcSteps: 100, completionSteps: 1000 } });
    expect(model.config.completion!.members).toBe(1);
    const steps = Object.fromEntries(model.time!.stages.map(({ stage, steps }) => [stage, steps]));
    expect(steps).toMatchObject({ hmc: 0, ensemble: 0 });
    for (const stage of ["elbo", "completion"]) expect(steps[stage]).toBeLessThan(150);
    const { cells } = await (await loadModel(await testDevice(), await model.files())).impute(table, { draws: 5 });
    expect(cells.every(({ mean }) => mean === undefined || Number.isFinite(mean))).toBe(true);
  }, 120_000);
});
