import { describe, expect, it } from "vitest";
import { stepsWithin, type StageTime } from "../../src/model/config/steps-within.ts";

const elbo: StageTime = { name: "elbo", steps: 4000, usual: 4000, least: 50, done: 0, opening: 0, secondsPerStep: 0.01, optional: false };
const hmc: StageTime = { name: "hmc", steps: 50, usual: 50, least: 4, done: 0, opening: 4, secondsPerStep: 0.08, optional: true };
const completion: StageTime = { name: "completion", steps: 12_000, usual: 3000, least: 50, done: 0, opening: 3, secondsPerStep: 0.02, optional: false };
const ensemble: StageTime = { name: "ensemble", steps: 13_334, usual: 3334, least: 50, done: 0, opening: 3, secondsPerStep: 0.04, optional: true };
const stages = [elbo, hmc, completion, ensemble];

const takes = (given: readonly StageTime[], steps: readonly number[]): number =>
  given.reduce((total, stage, i) => total + (steps[i] === 0 ? 0 : stage.opening + (steps[i] - stage.done) * stage.secondsPerStep), 0);

describe("steps within a time", () => {
  it("stages share what is left in the proportions of the schedule", () => {
    expect(stepsWithin(stages, 100)).toMatchInlineSnapshot(`
      [
        1518,
        18,
        1139,
        1265,
      ]
    `);
  });

  it("never take longer than the time, and leave less than a step of each unused, where the least fits", () => {
    for (const seconds of [8, 12, 20, 45, 100, 200, 237]) {
      const used = takes(stages, stepsWithin(stages, seconds));
      expect(used).toBeLessThanOrEqual(seconds);
      expect(used).toBeGreaterThan(seconds - stages.reduce((total, { secondsPerStep }) => total + secondsPerStep, 0));
    }
  });

  it("are the whole schedule's, and no more, where there is time", () => {
    expect(stepsWithin(stages, 10_000)).toEqual([4000, 50, 12_000, 13_334]);
  });

  it("go on beyond the usual only where stages end by themselves", () => {
    const [first, second, third, fourth] = stepsWithin(stages, 400);
    expect([first, second]).toEqual([4000, 50]);
    expect(third).toBeGreaterThan(3000);
    expect(third).toBeLessThan(12_000);
    expect(fourth / third).toBeCloseTo(3334 / 3000, 2);
  });

  it("are none for an optional stage whose compilation takes more than a fifth of what is left", () => {
    expect(stepsWithin(stages, 19)[1]).toBe(0);
    expect(stepsWithin(stages, 21)[1]).toBeGreaterThanOrEqual(4);
    expect(stepsWithin([elbo, { ...hmc, openingAtWorst: 30 }, completion, ensemble], 100)[1]).toBe(0);
    // one that has begun stays
    expect(stepsWithin([{ ...hmc, done: 10, opening: 0 }, completion], 1)[0]).toBe(10);
  });

  it("are the least of the stages that must be, and nothing of the others, where no time is left", () => {
    expect(stepsWithin(stages, -5)).toEqual([50, 0, 50, 0]);
    expect(stepsWithin([{ ...elbo, done: 700 }, hmc, completion, ensemble], 0)).toEqual([700, 0, 50, 0]);
    // a schedule that has less than the least
    expect(stepsWithin([{ ...elbo, steps: 20, usual: 20 }], 0)).toEqual([20]);
  });

  it("leave time for later stages in the midst of one that has turned out slow", () => {
    const slow = [{ ...elbo, done: 900, secondsPerStep: 0.05 }, hmc, completion, ensemble];
    const steps = stepsWithin(slow, 60);
    expect(steps[0]).toBeLessThan(1518);
    expect(takes(slow, steps)).toBeLessThanOrEqual(60);
  });
});
