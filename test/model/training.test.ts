import { describe, expect, it } from "vitest";
import { fit, loadModel, type FileSet, type Model, type Progress } from "../../src/model/index.ts";
import { selectRows } from "../../src/data/index.ts";
import { expectClose } from "../expect-close.ts";
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
    // each column beside the middle or the most frequent level of the training rows; the sums are theirs
    const columns = result.columns!;
    expect(columns.map(({ column, role }) => `${role} ${column}`)).toEqual(["feature a", "feature b", "feature c", "feature d", "target t"]);
    const hidden = (j: number): number[] => Array.from({ length: 100 }, (_, row) => 4 * row + j).filter((at) => test.observedX[at] === 1 && shown[at] !== 1);
    expect(columns.map(({ cells }) => cells)).toEqual([...[0, 1, 2, 3].map((j) => hidden(j).length), 100]);
    const numbers = columns.slice(0, 2);
    expectClose(numbers.map(({ baseline_rmse_coded }) => baseline_rmse_coded!), [0, 1].map((j) => Math.sqrt(hidden(j).reduce((sum, at) => sum + test.x[at] ** 2, 0) / hidden(j).length)), { rtol: 1e-6 });
    for (const { rmse_coded, baseline_rmse_coded, rmse, baseline_rmse } of [...numbers, columns[4]]) {
      expect(rmse_coded! / baseline_rmse_coded!).toBeLessThan(1);
      expect(rmse! / baseline_rmse!).toBeLessThan(1);
    }
    expectClose([result.rmse_xu!, result.baseline_rmse_xu!], [(numbers[0].rmse_coded! + numbers[1].rmse_coded!) / 2, (numbers[0].baseline_rmse_coded! + numbers[1].baseline_rmse_coded!) / 2], { rtol: 1e-12 });
    const usual = (j: number, levels: number): number => {
      const counts = Array.from({ length: levels }, (_, level) => Array.from({ length: 120 }, (__, row) => 4 * row + j).filter((at) => table.observedX[at] === 1 && table.x[at] === level).length);
      return counts.indexOf(Math.max(...counts));
    };
    expectClose(columns.slice(2, 4).map(({ baseline_error_rate }) => baseline_error_rate!), [usual(2, 2), usual(3, 3)].map((level, i) => hidden(2 + i).filter((at) => test.x[at] !== level).length / hidden(2 + i).length), { rtol: 1e-12 });
    expect(result.error_rate_xu).toBeLessThan(result.baseline_error_rate_xu!);
    expect(result.error_xu).toBeCloseTo((result.rmse_xu! + result.error_rate_xu!) / 2, 10);
    // which rows were trained on is known again, also from files and in another order
    expect(result.trained_on).toBe(0);
    const again = await loadModel(await testDevice(), await model.files());
    const mixed = selectRows(table, [100, 3, 50]);
    expect((await again.evaluate(mixed, mixed.observedX, { draws: 2 })).trained_on).toBe(1);
    expect((await again.evaluate({ ...mixed, y: mixed.y.map((value, row) => (row === 1 ? value + 1 : value)) }, mixed.observedX, { draws: 2 })).trained_on).toBeCloseTo(2 / 3, 12);
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
      expect(cell.label).toBe(smallSchema.columns[cell.column].categories?.[cell.value]);
    }
    // holes that mean "there is none" stay, and the others are filled as before
    const keptX = Uint8Array.from(few.observedX, (seen, i) => Number(seen === 0 && i % 4 > 1));
    const some = await model.impute({ ...few, keptX }, { draws: 40 });
    const all = await model.impute(few, { draws: 40 });
    expect(some.cells.map(({ row, column }) => [row, column])).toEqual(all.cells.filter(({ row, column }) => keptX[row * 4 + column] === 0).map(({ row, column }) => [row, column]));
    expect((await model.impute({ ...few, keptX: Uint8Array.from(few.observedX, (seen) => 1 - seen) }, { draws: 40 })).cells).toEqual([]);
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
