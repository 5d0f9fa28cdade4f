import { afterAll, describe, expect, it } from "vitest";
import { codeTable, inferSchema, parseTable } from "../../../src/data/index.ts";
import type { TuningReport } from "../../../src/experiments/index.ts";
import { fit } from "../../../src/model/index.ts";
import { PosteriorPart, type TuningSettings } from "../../../src/web/engine/posterior/posterior-part.ts";
import { openDevice } from "../../../src/gpu/open-dawn.ts";
import { Workspace } from "../../../src/web/engine/workspace.ts";
import { smallConfig, smallSchedule } from "../../model/small-model.ts";

const workspace = new Workspace(() => openDevice());
const part = new PosteriorPart(workspace);
afterAll(async () => (await workspace.gpu()).close());

const settings: TuningSettings = { target: "wave", transitions: 4, leapfrogSteps: 3, stepSize: 0.02, entropy: false, seed: 1 };

describe("targets", () => {
  it("are opened untuned and tuned from there, with reports on the way; the drawn chains start from the same noise", async () => {
    const { grid, truth, untuned } = await part.target(settings);
    expect(grid.logDensity).toHaveLength(grid.size ** 2);
    expect(truth.standardDeviation[0]).toBe(2);
    expect(untuned.step).toBe(0);
    expect(Array.from(untuned.stepSizes).every((size) => size >= 0.0133 && size <= 0.0301)).toBe(true);
    const steps: number[] = [];
    const tuned = await part.tune(125, (report) => steps.push(report.step));
    // several times a second, and at the end
    expect(steps.at(-1)).toBe(125);
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
    expect(tuned.step).toBe(125);
    expect(tuned.logDensity + tuned.entropy).toBeGreaterThan(untuned.logDensity + untuned.entropy);
    const noise = ({ paths, inflation }: typeof tuned) => paths.positions.slice(0, 2 * paths.chains).map((x, i) => x / inflation[i % 2]);
    noise(tuned).forEach((value, i) => expect(value).toBeCloseTo(noise(untuned)[i], 5));
    // and goes on
    expect((await part.tune(5, () => undefined)).step).toBe(130);
  });

  it("a tuning ends when it is told to, or when another target is opened", async () => {
    await part.target(settings);
    const reports: TuningReport[] = [];
    const stopped = await part.tune(100_000, (report) => {
      reports.push(report);
      if (reports.length === 2) part.stopTuning();
    });
    expect(stopped.step).toBe(reports[1].step);
    const running = part.tune(100_000, () => undefined);
    expect(() => part.tune(10, () => undefined)).toThrowErrorMatchingInlineSnapshot(`[Error: a tuning is running already.]`);
    const { untuned } = await part.target({ ...settings, target: "banana" });
    expect((await running).step).toBeLessThan(1000);
    expect(untuned.step).toBe(0);
  });

  it("refuses a step size that is none", async () => {
    await expect(part.target({ ...settings, stepSize: 0 })).rejects.toThrowErrorMatchingInlineSnapshot(`[RangeError: [tuning] expected step sizes above 0, the smaller first, got 0 and 0.]`);
    expect(() => part.tune(10, () => undefined)).toThrowErrorMatchingInlineSnapshot(`[Error: there is no target open.]`);
  });
});

describe("rows", () => {
  it("come with names, principal axes and what is known of them", async () => {
    const text = ["a,b,t", ...Array.from({ length: 40 }, (_, i) => `${i % 7 === 3 ? "" : (i % 11) / 3},${["u", "v", "w"][i % 3]},${(i % 11) + (i % 3)}`)].join("\n");
    const bytes = new TextEncoder().encode(text);
    const raw = parseTable(bytes);
    const schema = inferSchema(raw, { targets: ["t"], types: { a: "real" } });
    workspace.table = { name: "small.csv", raw, bytes, options: {} };
    await expect(part.row({ row: 3, chains: 4, sweeps: 2, seed: 0 }, () => undefined)).rejects.toThrow("there is no model yet");
    const model = await fit(await workspace.gpu(), codeTable(raw, schema), schema, { config: smallConfig("HHVAEM"), schedule: smallSchedule, seed: 1 });
    workspace.setModel(await model.files());
    const progress: number[] = [];
    const found = await part.row({ row: 3, chains: 4, sweeps: 2, seed: 0 }, (share) => progress.push(share));
    expect(found.names).toEqual(["1.1", "1.2", "1.3", "2.1", "2.2"]);
    expect([found.known, found.features, progress]).toEqual([1, 2, [0.5, 1]]);
    expect(found.hmc!.draws).toHaveLength(4 * 2 * 3 * 5);
    expect(found.axes.variances[0]).toBeGreaterThanOrEqual(found.axes.variances[4]);
    // plain data, as it must be to leave the worker
    expect(structuredClone(found)).toEqual(found);
  });
});
