import { describe, expect, it } from "vitest";
import { fit, loadModel, type FileSet, type Model, type Progress } from "../../src/model/index.ts";
import { testDevice } from "../device.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "./small-model.ts";

const table = smallTable(120);

async function train(preset: string, options: Partial<Parameters<typeof fit>[3]> = {}): Promise<Model> {
  return fit(await testDevice(), table, smallSchema, { config: smallConfig(preset), schedule: smallSchedule, seed: 3, ...options });
}

const weights = async (model: Model): Promise<Uint8Array> => (await model.files()).get("weights.safetensors")!;

describe("training", () => {
  it("raises the bound in the first two stages and reports every stage", async () => {
    const reports: Progress[] = [];
    await train("HHVAEM", { schedule: { ...smallSchedule, viSteps: 400 }, onProgress: (progress) => reports.push(progress) });
    expect([...new Set(reports.map((report) => report.stage))]).toEqual(["marginal", "elbo", "hmc"]);
    const elbo = reports.filter((report) => report.stage === "elbo").map((report) => report.metrics.elbo);
    const mean = (values: number[]): number => values.reduce((a, b) => a + b) / values.length;
    expect(mean(elbo.slice(-4))).toBeGreaterThan(mean(elbo.slice(0, 2)) + 0.5);
    const last = reports.at(-1)!.metrics;
    expect(last.acceptance).toBeGreaterThan(0.5);
    expect(last.acceptance).toBeLessThanOrEqual(1);
    expect(last.divergences).toBe(0);
    expect(last.inflation_1).not.toBe(1);
  });

  it("gives the same bytes for the same seed, and others for another", async () => {
    const first = await weights(await train("HHVAEM"));
    expect(await weights(await train("HHVAEM"))).toEqual(first);
    expect(await weights(await train("HHVAEM", { seed: 4 }))).not.toEqual(first);
  });

  it("goes on from any checkpoint to the weights of an unbroken run", async () => {
    const checkpoints: FileSet[] = [];
    const unbroken = await weights(await train("HHVAEM", { wantCheckpoint: () => true, onCheckpoint: async (files) => void checkpoints.push(files) }));
    expect(checkpoints.length).toBeGreaterThanOrEqual(5);
    for (const resume of checkpoints) expect(await weights(await train("HHVAEM", { resume }))).toEqual(unbroken);
  });

  it("stops at an abort with the signal's reason", async () => {
    const abort = new AbortController();
    const stopped = train("HVAEM", { signal: abort.signal, onProgress: () => abort.abort(new Error("enough")) });
    await expect(stopped).rejects.toThrow("enough");
  });

  for (const preset of ["VAEM", "HVAEM", "HMCVAEM"]) {
    it(`${preset}: trains, saves, loads and answers the same`, async () => {
      const gpu = await testDevice();
      const model = await train(preset);
      const loaded = await loadModel(gpu, await model.files());
      const few = smallTable(5, 9);
      const options = { draws: 64, seed: 1 };
      const before = await model.predict(few, options);
      expect(await loaded.predict(few, options)).toEqual(before);
      expect(before.cells).toHaveLength(5);
      for (const cell of before.cells) {
        expect(cell.lower).toBeLessThan(cell.upper!);
        // the variance is 0.1, and 64 draws tell a deviation within 9 %, four times that; at most the target's own deviation of 0.82 and noise
        expect(cell.sd).toBeGreaterThan(Math.sqrt(0.1) * (1 - 4 * 0.09));
        expect(cell.sd).toBeLessThan(0.9);
      }
    });
  }
});

describe("answers", () => {
  it("a trained model beats the column means on hidden cells, and its intervals hold what they promise", async () => {
    const model = await train("HVAEM", { schedule: { ...smallSchedule, marginalSteps: 400, viSteps: 1500 } });
    const test = smallTable(100, 77);
    const shown = Float32Array.from(test.observedX, (_, i) => Number((i * 7919) % 10 >= 3));
    const result = await model.evaluate(test, shown, { draws: 200 });
    // the columns are standardised (the second has deviation 1 too): the mean's error is about 1, and 0.5 for the discrete ones
    expect(result.error_xu).toBeLessThan(0.6);
    expect(result.rmse).toBeLessThan(0.6);
    expect(result.ll_y).toBeGreaterThan(-1.2);
    const { cells } = await model.predict(test, { draws: 400, interval: 0.9 });
    const covered = cells.filter((cell) => cell.lower! <= test.y[cell.row] && test.y[cell.row] <= cell.upper!).length / cells.length;
    // 100 rows: standard error 0.03
    expect(covered).toBeGreaterThan(0.8);
  });

  it("imputes every missing cell and no other, discrete ones with probabilities that sum to 1", async () => {
    const model = await train("HHVAEM");
    const few = smallTable(11, 5);
    const { cells, completed: draws } = await model.impute(few, { draws: 40, completions: 3 });
    const missing = Array.from(few.observedX).filter((seen) => seen === 0).length;
    expect(cells).toHaveLength(missing);
    expect(draws.map((list) => list.length)).toEqual([missing, missing, missing]);
    for (const cell of cells) {
      expect(few.observedX[cell.row * 4 + cell.column]).toBe(0);
      if (cell.probabilities) expect(cell.probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      else expect(cell.lower! <= cell.upper!).toBe(true);
      if (cell.column === 1) expect(cell.value).toBeGreaterThanOrEqual(0);
    }
  });

  it("imputes missing targets jointly with the features where asked to", async () => {
    const model = await train("HHVAEM");
    const rows = 200;
    const few = smallTable(rows, 5);
    const hidden = { ...few, observedY: Float32Array.from(few.observedY, (_, row) => row % 2) };
    const options = { draws: 200, completions: 200, seed: 1 };
    const { cells, completed: draws } = await model.impute(hidden, { ...options, targets: true });
    const own = cells.flatMap((cell, i) => (cell.column === 4 ? [i] : []));
    expect(own.map((i) => cells[i].row)).toEqual(Array.from({ length: rows / 2 }, (_, i) => 2 * i));
    expect((await model.impute(hidden, options)).cells.some(({ column }) => column === 4)).toBe(false);
    // y is 0.8 of what all columns depend on: its mean's error is far below its deviation of 0.82
    const squares = own.reduce((total, i) => total + (cells[i].value - few.y[cells[i].row]) ** 2, 0);
    expect(Math.sqrt(squares / own.length)).toBeLessThan(0.6);
    // jointly: where a, which rises with y, is missing in the same row, their draws go together
    const together = own.flatMap((i) => {
      const a = cells.findIndex(({ row, column }) => row === cells[i].row && column === 0);
      return a < 0 ? [] : [correlation(draws.map((list) => list[i]), draws.map((list) => list[a]))];
    });
    expect(together.length).toBeGreaterThan(10);
    expect(together.reduce((a, b) => a + b) / together.length).toBeGreaterThan(0.05);
  });
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((x, y) => x + y, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const product = (x: readonly number[], mx: number, y: readonly number[], my: number): number => x.reduce((total, value, i) => total + (value - mx) * (y[i] - my), 0);
  return product(a, ma, b, mb) / Math.sqrt(product(a, ma, a, ma) * product(b, mb, b, mb));
}
