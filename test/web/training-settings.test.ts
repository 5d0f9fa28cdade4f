import { describe, expect, it } from "vitest";
import { presets, scheduleOf } from "../../src/model/index.ts";
import { configured, defaultSettings, schedules, settingsFor, shareName, type TrainingSettings } from "../../src/web/engine/training/training-settings.ts";

describe("the page's training settings", () => {
  it("in full are what the command line trains, for every preset", () => {
    for (const [name, config] of Object.entries(presets)) {
      expect(configured(settingsFor(name, 1, { seed: 0 })), name).toEqual({ config, schedule: scheduleOf(config) });
    }
  });

  it("begin with a first look at best, and are shares of a preset's own schedule until somebody changes them", () => {
    expect(defaultSettings.preset).toBe("best");
    expect(configured(defaultSettings).schedule.completionSteps).toBeLessThanOrEqual(500);
    for (const preset of ["best", "HHVAEM", "conditional"]) {
      for (const [name, share] of Object.entries(schedules)) {
        const settings = settingsFor(preset, share, { batch: 20, seed: 7 });
        expect(settings).toMatchObject({ preset, batch: 20, seed: 7 });
        expect(shareName(settings)).toBe(name);
        expect(shareName({ ...settings, viSteps: settings.viSteps + 1 })).toBeUndefined();
      }
    }
  });

  it("that an earlier visit kept, without the annealing, are those of then", () => {
    const kept: TrainingSettings = { preset: "HHVAEM", marginalSteps: 300, viSteps: 1000, hmcSteps: 20, completionSteps: 500, batch: 100, seed: 0 };
    expect(configured(kept).schedule).toEqual({ ...scheduleOf(presets.HHVAEM), marginalSteps: 300, viSteps: 1000, hmcSteps: 20, completionSteps: 500 });
  });

  it("that make no sense are refused", () => {
    expect(() => configured({ ...defaultSettings, batch: 0 })).toThrowErrorMatchingInlineSnapshot(`[RangeError: training.batch: expected a whole number from 1 on, got 0.]`);
    expect(() => configured({ ...defaultSettings, seed: 0.5 })).toThrowErrorMatchingInlineSnapshot(`[RangeError: expected seed to be a whole number from 0 on, got 0.5.]`);
    expect(() => settingsFor("toString", 1, { seed: 0 })).toThrow('there is no preset "toString"');
  });
});
