import { describe, expect, it } from "vitest";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import { startDualAveraging, updateDualAveraging } from "../../src/sampler/adaptation/dual-averaging.ts";
import { RunningVariance } from "../../src/sampler/adaptation/running-variance.ts";
import { metricWindows } from "../../src/sampler/adaptation/warmup-schedule.ts";
import { expectClose } from "../expect-close.ts";

describe("dual averaging", () => {
  // acceptance falls with the step size as in many dimensions; it is 0.8 at step size 0.5
  const acceptance = (stepSize: number): number => Math.exp(Math.log(0.8) * (stepSize / 0.5) ** 4);

  for (const start of [0.005, 0.5, 5]) {
    it(`from ${start} finds the step size of the wanted acceptance within 10 % in 60 transitions`, () => {
      let state = startDualAveraging(start);
      for (let t = 0; t < 60; t++) state = updateDualAveraging(state, acceptance(Math.exp(state.logStepSize)), 0.8);
      expectClose([Math.exp(state.logStepSize)], [0.5], { rtol: 0.1 });
    });
  }

  it("averages noise away: acceptance known to a standard deviation of 0.3, result within 10 %", () => {
    const noise = normal(keyFromSeed(1), 1000);
    let state = startDualAveraging(0.5);
    for (let t = 0; t < 1000; t++) state = updateDualAveraging(state, acceptance(Math.exp(state.logStepSize)) + 0.3 * noise[t], 0.8);
    expectClose([Math.exp(state.logAverage)], [0.5], { rtol: 0.1 });
  });
});

describe("warm-up windows", () => {
  it("are Stan's for 1000 transitions", () => {
    expect(metricWindows(1000)).toEqual([
      { start: 75, end: 100 }, { start: 100, end: 150 }, { start: 150, end: 250 }, { start: 250, end: 450 }, { start: 450, end: 950 },
    ]);
  });

  it("follow each other without gap, for every length, and leave the end to the step size", () => {
    for (let warmup = 20; warmup < 500; warmup++) {
      const windows = metricWindows(warmup);
      expect(windows.length).toBeGreaterThan(0);
      windows.forEach(({ start, end }, i) => {
        expect(end).toBeGreaterThan(start);
        if (i > 0) expect(start).toBe(windows[i - 1].end);
      });
      expect(warmup - windows[windows.length - 1].end).toBeGreaterThanOrEqual(2);
    }
    expect(metricWindows(19)).toEqual([]);
  });
});

describe("running variance", () => {
  it("is the sample variance, drawn towards 1e-3 with the weight of five vectors", () => {
    const vectors = Float64Array.from(normal(keyFromSeed(4), 3 * 40), (x, i) => 1000 * (i % 3) + (1 + (i % 3)) * x);
    const running = new RunningVariance(3);
    running.add(vectors.subarray(0, 30));
    running.add(vectors.subarray(30));
    const expected = [0, 1, 2].map((i) => {
      const column = Array.from({ length: 40 }, (_, n) => vectors[3 * n + i]);
      const mean = column.reduce((a, b) => a + b) / 40;
      return ((40 / 45) * column.reduce((total, x) => total + (x - mean) ** 2, 0)) / 39 + (1e-3 * 5) / 45;
    });
    expectClose(running.regularised(), expected, { rtol: 1e-9 });
  });
});
