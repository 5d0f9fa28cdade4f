import { beforeAll, describe, expect, it } from "vitest";
import { fit, loadModel, type FileSet, type Model } from "../../../src/model/index.ts";
import type { Calibration } from "../../../src/model/calibration/calibration.ts";
import { keyFromSeed } from "../../../src/math/key.ts";
import { logSumExp } from "../../../src/math/special.ts";
import { mean } from "../../../src/math/statistics.ts";
import { testDevice } from "../../device.ts";
import { expectClose } from "../../expect-close.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "../small-model.ts";

const table = smallTable(200);
const test = smallTable(30, 9);
const small = smallConfig("conditional");
const config = { ...small, completion: { ...small.completion!, hidden: 24, latent: 2, averaging: 0.98, lookEvery: 50 } };
let model: Model;
let files: FileSet;

beforeAll(async () => {
  model = await fit(await testDevice(), table, smallSchema, { config, schedule: { ...smallSchedule, completionSteps: 150, completionPatience: 150 }, seed: 3 });
  files = await model.files();
});

interface Head {
  chosen: { calibration: Calibration };
}

const head = (): Head => JSON.parse(new TextDecoder().decode(files.get("config.json"))) as Head;

/** The same model with other maps. */
async function withMaps(change: (calibration: Calibration) => unknown): Promise<Model> {
  const changed = head();
  return loadModel(await testDevice(), new Map([...files, ["config.json", new TextEncoder().encode(JSON.stringify({ ...changed, chosen: { ...changed.chosen, calibration: change(changed.chosen.calibration) } }))]]));
}

/** Numbers so many times as wide, levels twice as even. */
const wider = (times: number) => (calibration: Calibration) => ({ ...calibration, seen: [1, 1, 1], columns: calibration.columns.map((column) => (column.kind === "number" ? { ...column, values: [0.6745, 1.2816, 1.6449, 1.96].map((end) => times * end) } : { ...column, temperature: 2 })) });

describe("a model that held rows back", () => {
  it("has a map for each column, and says what they showed", () => {
    const { columns, rows } = head().chosen.calibration;
    expect(rows).toBe(20);
    expect(columns.map(({ kind }) => kind)).toEqual(["number", "number", "levels", "levels", "number"]);
    for (const column of columns) expect(column.cells).toBeGreaterThan(10);
  });

  it("answers by its maps everywhere: intervals, deviations, draws, completions, probabilities, likelihoods", async () => {
    const twice = await withMaps(wider(2));
    const options = { draws: 150, seed: 4, cellDraws: 40, completions: 100, targets: true, hideTargets: true };
    // as many completions as are ranked together: the same draws in both
    const [raw, mapped] = [await twice.impute(test, { ...options, calibrated: false }), await twice.impute(test, options)];
    const widths = (cells: typeof raw.cells): number => mean(cells.flatMap(({ lower, upper, sd }) => (sd === undefined ? [] : [upper! - lower!])));
    expect(widths(mapped.cells) / widths(raw.cells)).toBeGreaterThan(1.4);
    const numbers = raw.cells.flatMap(({ sd }, i) => (sd === undefined ? [] : [i]));
    const spread = (draws: readonly Float64Array[], i: number): number => Math.sqrt(mean(draws.map((own) => (own[i] - mean(draws.map((other) => other[i]))) ** 2)));
    for (const draws of ["cellDraws", "completed"] as const) {
      const ratio = mean(numbers.map((i) => spread(mapped[draws], i) / spread(raw[draws], i)));
      expect(ratio, draws).toBeGreaterThan(1.3);
      expect(ratio, draws).toBeLessThan(2.2);
    }
    raw.cells.forEach((cell, i) => {
      const own = mapped.cells[i];
      // what stands for a cell stays
      expect(own.value).toBe(cell.value);
      expect(own.mean).toBe(cell.mean);
      if (cell.sd !== undefined) {
        // E h(Z)^2 for h(z) = 2 z up to the end of 95 %, z + 1.96 beyond
        expect(own.sd! / cell.sd).toBeCloseTo(1.98, 1);
        return;
      }
      expect(cell.set).toBeUndefined();
      expect(own.set![0]).toBe(own.value);
      const [p, q] = [cell.probabilities!, own.probabilities!];
      expect(Math.log(q[0] / q[1])).toBeCloseTo(Math.log(p[0] / p[1]) / 2, 6);
    });
    // the order of a cell's draws, and with it what cells have to do with each other
    const order = (draws: readonly Float64Array[], i: number): number[] => [...draws.keys()].sort((a, b) => draws[a][i] - draws[b][i]);
    for (const i of numbers.slice(0, 5)) {
      const ranks = order(raw.completed, i);
      const values = ranks.map((c) => mapped.completed[c][i]);
      expect(values.every((value, c) => c === 0 || value >= values[c - 1] - 1e-6)).toBe(true);
    }
  });

  it("says the same whether the device or the host sums up", async () => {
    const twice = await withMaps(wider(2));
    const shown = Float32Array.from(test.observedX, (_, i) => Number((i * 7919) % 10 >= 4));
    const on = (sums: "device" | "host") => ({ draws: 65, seed: 2, sums });
    const [device, host] = [await twice.evaluate(test, shown, on("device")), await twice.evaluate(test, shown, on("host"))];
    for (const name of ["ll_xu", "ll_xu_per_feature", "ll_y", "coverage_50", "coverage_80", "coverage_90", "coverage_95", "crps", "interval_width", "interval_score", "set_coverage_90", "set_size_90"] as const) {
      expect(Number.isFinite(host[name]), name).toBe(true);
      expectClose([device[name]!], [host[name]!], { atol: 2e-4, rtol: 2e-4 });
    }
    const [a, b] = [await twice.predict(test, on("device")), await twice.predict(test, on("host"))];
    expectClose(a.cells.flatMap(({ lower, upper, sd }) => [lower!, upper!, sd!]), b.cells.flatMap(({ lower, upper, sd }) => [lower!, upper!, sd!]), { atol: 1e-4, rtol: 1e-4 });
  });

  it("has a density of the target whose integral is 1, in questions too, and intervals by it", async () => {
    const other = await withMaps(wider(1.3));
    const session = await other.conditional().open({ rows: 1, draws: 1200 });
    const known = { rows: 1, x: test.x.slice(0, 4), observed: Float32Array.of(1, 0, 1, 0) };
    const draws = await session.draw(known, keyFromSeed(5));
    const places = Array.from({ length: 400 }, (_, i) => -4 + 0.02 * i);
    const logDensities: number[] = [];
    for (const place of places) logDensities.push((await draws.logLikelihood([place]))[0]);
    const total = Math.exp(logSumExp(logDensities)) * 0.02;
    expect(total).toBeGreaterThan(0.96);
    expect(total).toBeLessThan(1.04);
    const [{ lower, upper }] = await draws.predictions(0.9);
    const within = Math.exp(logSumExp(logDensities.filter((_, i) => places[i] >= lower! && places[i] <= upper!))) * 0.02;
    expect(Math.abs(within / total - 0.9)).toBeLessThan(0.04);
    session.destroy();
  });

  it("is refused where its maps are none", async () => {
    await expect(withMaps((calibration) => ({ ...calibration, columns: calibration.columns.slice(1) }))).rejects.toThrowError("config.json: expected chosen.calibration of 5 columns, got 4");
    await expect(withMaps((calibration) => ({ ...calibration, seen: [1, 1] }))).rejects.toThrowError("expected chosen.calibration.seen to be three numbers above 0");
    await expect(withMaps((calibration) => ({ ...calibration, columns: calibration.columns.map((column) => ({ ...column, values: [3, 2, 1, 0], temperature: -1 })) }))).rejects.toThrowError("expected chosen.calibration.columns to have 4 ascending values above 0 for numbers");
  });

  it("answers the same from its file", async () => {
    const loaded = await loadModel(await testDevice(), files);
    expect(await loaded.impute(test, { draws: 20, completions: 2 })).toEqual(await model.impute(test, { draws: 20, completions: 2 }));
  });
});
