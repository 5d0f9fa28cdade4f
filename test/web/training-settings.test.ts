import { describe, expect, it } from "vitest";
import { presets, scheduleOf } from "../../src/model/index.ts";
import { configured, hasOwnSchedule, settingsFor, settingsOn, type TrainingSettings } from "../../src/web/engine/training/training-settings.ts";
import { durationWords, timeText } from "../../src/web/views/train/time-texts.ts";

const usual = settingsFor("best", { seed: 0 });

describe("the page's training settings", () => {
  it("are what the command line trains, for every preset", () => {
    for (const [name, config] of Object.entries(presets)) {
      expect(configured(settingsFor(name, { seed: 0 })), name).toEqual({ config, schedule: scheduleOf(config) });
    }
  });

  it("are a preset's own schedule until somebody changes steps, not where rows, seed or time are changed", () => {
    for (const preset of ["best", "HHVAEM", "conditional"]) {
      const settings = settingsFor(preset, { batch: 20, seed: 7 });
      expect(settings).toMatchObject({ preset, batch: 20, seed: 7 });
      expect(hasOwnSchedule({ ...settings, time: 60 })).toBe(true);
      expect(hasOwnSchedule({ ...settings, viSteps: settings.viSteps + 1 })).toBe(false);
    }
  });

  it("that an earlier visit kept, without the annealing, are those of then", () => {
    const kept: TrainingSettings = { preset: "HHVAEM", marginalSteps: 300, viSteps: 1000, hmcSteps: 20, completionSteps: 500, batch: 100, seed: 0 };
    expect(configured(kept).schedule).toEqual({ ...scheduleOf(presets.HHVAEM), marginalSteps: 300, viSteps: 1000, hmcSteps: 20, completionSteps: 500 });
  });

  it("that make no sense are refused", () => {
    expect(() => configured({ ...usual, batch: 0 })).toThrowErrorMatchingInlineSnapshot(`[RangeError: training.batch: expected a whole number from 1 on, got 0.]`);
    expect(() => configured({ ...usual, seed: 0.5 })).toThrowErrorMatchingInlineSnapshot(`[RangeError: expected seed to be a whole number from 0 on, got 0.5.]`);
    for (const time of [0, -1, NaN, Infinity]) expect(() => configured({ ...usual, time })).toThrow(`expected time to be seconds above 0, got ${time}.`);
    expect(() => settingsFor("toString", { seed: 0 })).toThrow('there is no preset "toString"');
  });
});

describe("the page's training time", () => {
  it("is the command line's for the adapter until one is chosen: two minutes without a GPU, else the whole schedule", () => {
    const [software, hardware] = [{ software: true }, { software: false }];
    expect(settingsOn(undefined, {}).time).toBeUndefined();
    expect(settingsOn(hardware, {})).toEqual({ ...settingsFor("best", { seed: 0 }), heldBack: 0.1 });
    expect(settingsOn(software, { seed: 3 })).toEqual({ ...settingsFor("best", { seed: 3 }), time: 120, heldBack: 0.1 });
    // what an earlier visit kept held no rows back, and is found again as it was
    const kept = { ...settingsFor("best", { seed: 3 }), time: 120 };
    expect(JSON.stringify(settingsOn(software, { heldBack: undefined, ...kept }))).toBe(JSON.stringify(kept));
    expect(settingsOn(hardware, { time: 60 }).time).toBe(60);
    expect(settingsOn(software, { time: undefined }).time).toBeUndefined();
  });

  it("is said in words, with what became of it", () => {
    expect([1, 21, 60, 90, 120, 900, 7200, 10800].map(durationWords)).toEqual(["1 second", "21 seconds", "1 minute", "1.5 minutes", "2 minutes", "15 minutes", "120 minutes", "3 hours"]);
    const stages = [{ stage: "elbo", steps: 1000, of: 4000 }, { stage: "hmc", steps: 0, of: 50 }] as const;
    expect(timeText({ seconds: 120, spent: 121, whole: 360, stages: [...stages] })).toMatchInlineSnapshot(`"Its training had 2 minutes: about 34 % of what the whole schedule takes, without HMC. 7 minutes would be enough for all of it."`);
    expect(timeText({ seconds: 3600, spent: 3500, whole: 9000, stages: stages.slice(0, 1) })).toMatchInlineSnapshot(`"Its training had 60 minutes: about 39 % of what the whole schedule takes. 3 hours would be enough for all of it."`);
    expect(timeText({ seconds: 120, spent: 80, whole: 80, stages: [{ stage: "elbo", steps: 4000, of: 4000 }] })).toMatchInlineSnapshot(`"Its training had 2 minutes, and the whole schedule fitted."`);
  });
});
