import { describe, expect, it } from "vitest";
import { defaultSchedule, presets, type ModelConfig, type Progress } from "../../src/model/index.ts";
import { timeLeft } from "../../src/web/engine/training/training-time.ts";

const schedule = { ...defaultSchedule, marginalSteps: 100, marginalRestarts: 3, viSteps: 1000, hmcSteps: 100 };
const oneStage: ModelConfig = { ...presets.HHVAEM, marginal: false, inference: "elbo" };
const progress = (stage: Progress["stage"], step: number, steps: number): Progress => ({ stage, step, steps, metrics: {} }) as unknown as Progress;

describe("time left of a training", () => {
  it("is the truth once a stage of each kind has been timed", () => {
    const time = timeLeft({ config: presets.HHVAEM, schedule }, 0);
    // three marginal trainings of 100 steps at 10 ms, 1,000 steps at 20 ms, then 100 steps at 300 ms
    let now = 0;
    for (let restart = 0; restart < 3; restart++) for (const step of [0, 50, 100]) time.at(progress("marginal", step, 100), (now = 1000 * restart + 10 * step));
    time.at(progress("elbo", 0, 1000), now);
    time.at(progress("elbo", 1000, 1000), (now += 20_000));
    time.at(progress("hmc", 0, 100), now);
    const { share, secondsLeft } = time.at(progress("hmc", 40, 100), (now += 12_000));
    expect(secondsLeft).toBeCloseTo(18, 6);
    expect(share).toBeCloseTo(1 - 18 / (3 + 20 + 30), 6);
  });

  it("guesses stages to come from the pace of the present one, and never says anything before a step is done", () => {
    const time = timeLeft({ config: presets.HHVAEM, schedule }, 0);
    expect(time.at(progress("marginal", 0, 100), 5).secondsLeft).toBeUndefined();
    const first = time.at(progress("marginal", 50, 100), 505);
    expect(first.secondsLeft).toBeGreaterThan(2.5);
    const later = time.at(progress("marginal", 100, 100), 1005);
    expect(later.secondsLeft).toBeCloseTo(first.secondsLeft! - 0.5, 6);
    expect(later.share).toBeGreaterThan(first.share);
  });

  it("does not count a pause as work", () => {
    const time = timeLeft({ config: oneStage, schedule }, 0);
    time.at(progress("elbo", 0, 1000), 0);
    time.at(progress("elbo", 100, 1000), 1000);
    time.skip(60_000);
    expect(time.at(progress("elbo", 200, 1000), 62_000).secondsLeft).toBeCloseTo(8, 6);
  });

  it("goes on from the step at which a training was taken up again", () => {
    const time = timeLeft({ config: oneStage, schedule }, 0);
    time.at(progress("elbo", 900, 1000), 0);
    const { share, secondsLeft } = time.at(progress("elbo", 950, 1000), 500);
    expect(secondsLeft).toBeCloseTo(0.5, 6);
    expect(share).toBeCloseTo(0.95, 6);
  });

  it("of a training within a time is that of the time, from the first look on, less what was spent before", () => {
    const time = timeLeft({ config: oneStage, schedule }, 0, { seconds: 20, spent: 5 });
    expect(time.at(progress("elbo", 0, 1000), 1000)).toEqual({ share: 6 / 20, secondsLeft: 14 });
    // 100 ms a step: the schedule would take 100 s
    expect(time.at(progress("elbo", 40, 150), 5000)).toEqual({ share: 10 / 20, secondsLeft: 10 });
    time.skip(60_000);
    expect(time.at(progress("elbo", 50, 150), 66_000)).toEqual({ share: 11 / 20, secondsLeft: 9 });
    // late by what cannot be left out
    expect(time.at(progress("elbo", 150, 150), 80_000)).toEqual({ share: 1, secondsLeft: 0 });
  });

  it("of a training within a time is the schedule's where that is over before", () => {
    const time = timeLeft({ config: oneStage, schedule }, 0, { seconds: 60, spent: 0 });
    time.at(progress("elbo", 0, 1000), 0);
    const { share, secondsLeft } = time.at(progress("elbo", 500, 1000), 5000);
    expect(secondsLeft).toBeCloseTo(5, 6);
    expect(share).toBeCloseTo(0.5, 6);
  });
});
