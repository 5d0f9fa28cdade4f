import { describe, expect, it } from "vitest";
import { duration } from "../../src/cli/flags/parsers.ts";
import { durationText, timeSentence } from "../../src/cli/output/training-time.ts";
import type { TrainingTime } from "../../src/model/index.ts";
import { hhvaem, smallCsv, workFolder } from "./run.ts";

const folder = workFolder();

it("times are numbers with a unit, or full", () => {
  expect(["90s", "2m", "1h", "1.5h", "0.5m", "full"].map(duration)).toEqual([90, 120, 3600, 5400, 30, "full"]);
  for (const text of ["", "2", "2 m", "m", "-2m", "0s", "1d", "2min", "Full", "1e3s", "1h30m", `${"9".repeat(400)}h`]) {
    expect(() => duration(text), text).toThrow("expected a time such as 90s, 2m or 1h, or full for the whole schedule.");
  }
  expect([0.2, 89.2, 119, 120, 121, 7200, 7201].map(durationText)).toEqual(["1s", "90s", "119s", "2m", "3m", "120m", "3h"]);
});

describe("what a training says of its time", () => {
  const stages: TrainingTime["stages"] = [{ stage: "elbo", steps: 1000, of: 4000 }, { stage: "hmc", steps: 0, of: 50 }];

  it("how much of the schedule it was, what was left out, and what all of it takes", () => {
    expect(timeSentence({ seconds: 120, spent: 121, whole: 360, stages })).toMatchInlineSnapshot(`"about 34 % of what the whole schedule takes, without the stage hmc; --time 7m would run it all"`);
    expect(timeSentence({ seconds: 3600, spent: 3500, whole: 3550, stages: stages.slice(0, 1) })).toMatchInlineSnapshot(`"about 99 % of what the whole schedule takes; --time 66m would run it all"`);
  });

  it("or that it was all of it", () => {
    expect(timeSentence({ seconds: 120, spent: 80, whole: 80, stages: [{ stage: "completion", steps: 900, of: 900 }] })).toMatchInlineSnapshot(`"the whole schedule within --time 2m"`);
  });
});

it("--time: a training ends by itself, and without a GPU and without steps it says what it may take", () => {
  const table = folder.write("t.csv", smallCsv(40));
  expect(hhvaem("train", table, "--time", "soon", "--out", folder.path("never")).err).toMatchInlineSnapshot(`
    "error: option '--time <duration>' argument 'soon' is invalid. expected a time such as 90s, 2m or 1h, or full for the whole schedule.
    (see hhvaem --help)
    "
  `);
  const run = hhvaem("train", table, "--target", "y", "--preset", "VAE", "--time", "2s", "--no-report", "--out", folder.path("model"));
  expect(run.err).toBe("");
  expect(run.out).toMatch(/about \d+ % of what the whole schedule takes; --time \d+[smh] would run it all; the model is in/);
}, 120_000);
