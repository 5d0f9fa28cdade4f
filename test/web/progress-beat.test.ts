import { describe, expect, it } from "vitest";
import { defaultSchedule, presets, type Progress } from "../../src/model/index.ts";
import { ProgressBeat } from "../../src/web/engine/training/progress-beat.ts";

const schedule = { ...defaultSchedule, viSteps: 200, hmcSteps: 50 };
const training = { config: { ...presets.HHVAEM, marginal: false }, schedule };
const progress = (stage: Progress["stage"], step: number, steps: number): Progress => ({ stage, step, steps, metrics: {} });
const facts = { software: true, checks: true };

describe("how far a training is", () => {
  it("grows while kernels are compiled and the device says nothing, and never reaches the end by itself", () => {
    const beat = new ProgressBeat(training, 0, facts);
    const shares = [0.5, 5, 20, 60, 600].map((second) => beat.beat(1000 * second)).map(({ doing, share }) => {
      expect(doing).toBe("preparing");
      return share;
    });
    shares.forEach((share, i) => expect(share).toBeGreaterThan(shares[i - 1] ?? 0));
    expect(shares.at(-1)!).toBeLessThan(1);
  });

  it("never stands at the last step of a stage: what is prepared then is the next", () => {
    const beat = new ProgressBeat(training, 0, facts);
    beat.hear(progress("elbo", 0, 200), 1000);
    beat.hear(progress("elbo", 200, 200), 5000);
    expect(beat.beat(5100)).toMatchObject({ doing: "training", stage: "elbo", step: 200 });
    const [early, late] = [beat.beat(7000), beat.beat(30_000)];
    expect(early).toMatchObject({ doing: "preparing", stage: "hmc", step: 0, steps: 50 });
    expect(late.share).toBeGreaterThan(early.share);
    expect(late.secondsLeft!).toBeLessThan(early.secondsLeft!);
  });

  it("never falls, and counts the check", () => {
    const beat = new ProgressBeat(training, 0, facts);
    beat.hear(progress("elbo", 0, 200), 1000);
    beat.hear(progress("elbo", 100, 200), 2000);
    const before = beat.beat(2000).share;
    // far slower than thought
    beat.hear(progress("hmc", 0, 50), 5000);
    beat.hear(progress("hmc", 1, 50), 25_000);
    expect(beat.beat(25_000).share).toBeGreaterThanOrEqual(before);
    beat.check(0.5, 60_000);
    const checking = beat.beat(60_000);
    expect(checking).toMatchObject({ doing: "checking", secondsLeft: 10 });
    expect(checking.share).toBeCloseTo(60 / 70, 6);
  });

  it("is of the time that was given, without pauses", () => {
    const beat = new ProgressBeat(training, 0, { ...facts, checks: false, given: { seconds: 100, spent: 20 } });
    expect(beat.beat(0)).toMatchObject({ share: 0.2, secondsLeft: 80 });
    beat.skip(50_000);
    expect(beat.beat(80_000).share).toBeCloseTo(0.5, 6);
  });
});
