import cars from "@observablehq/sample-datasets/cars.csv";
import type { Command } from "commander";
import { codeTable, decodeValue, embeddedTables, featureColumns, formatValue, inferSchema, isContinuous, parseTable, selectRows, targetColumns, type Column, type Table } from "../../data/index.ts";
import { foldIn, keyFromSeed, permutation, uniform } from "../../math/key.ts";
import { fit, pointOf, presets, scheduleOf, stageLabel, type CellSummary, type Model } from "../../model/index.ts";
import { clock } from "../../report/clock.ts";
import { MissingPackageError } from "../../report/optional-package.ts";
import { withDevice } from "../device.ts";
import { newCommand } from "../flags/shared.ts";
import { writeOutput } from "../inputs/files.ts";
import { modelReport } from "../output/model-report.ts";
import { ProgressLine } from "../output/progress.ts";
import { textTable } from "../output/table-output.ts";

/** Written in the folder that the demonstration is started in. */
const reportName = "hhvaem-demo.html";

/** `hhvaem demo`: cars with real holes: train, fill them, and check the answers on cells hidden from held-out rows. */
export function demoCommand(program: Command): void {
  newCommand(program, "demo", "train on the embedded cars, fill their real holes, and check against hidden cells")
    .option("--quick", "a short training")
    .action(run);
}

async function run(options: { quick?: boolean; seed: number; json?: boolean }): Promise<void> {
  const { targets, types } = embeddedTables.cars;
  const table = parseTable(cars, { source: "cars.csv" });
  const order = permutation(foldIn(keyFromSeed(options.seed), 6), table.rows);
  const heldOut = Array.from(order.subarray(0, 60)).sort((a, b) => a - b);
  const training = Array.from(order.subarray(60)).sort((a, b) => a - b);
  const schema = inferSchema(table, { targets, types, rows: training, levelRule: "unordered" });
  const config = presets.HHVAEM;
  const schedule = scheduleOf(config, options.quick ? { marginalSteps: 500, marginalRestarts: 2, viSteps: 2000, hmcSteps: 20, annealSteps: 500 } : { viSteps: 9000, hmcSteps: 500 });
  const say = (text: string): void => void (options.json || process.stdout.write(text));
  const line = new ProgressLine();
  const started = performance.now();
  await withDevice(async (gpu) => {
    say(`406 cars, ${featureColumns(schema).length} features with real holes; target: ${targets[0]}. Adapter: ${gpu.name}\n`);
    say(`Training HH-VAEM on ${training.length} cars (${schedule.marginalSteps} + ${schedule.viSteps} + ${schedule.hmcSteps} steps)${process.stderr.isTTY ? "" : "; this takes a minute or two"} ...\n`);
    const coded = codeTable(table, schema, { rows: training });
    const model = await fit(gpu, coded, schema, { config, schedule, seed: options.seed, onProgress: (p) => line.update(`training, ${stageLabel(p.stage)}`, p.step, p.steps) });
    line.done();
    say(`Trained in ${clock((performance.now() - started) / 1000)}.\n\n`);
    const all = codeTable(table, schema);
    const holes = await realHoles(model, all, (row) => table.cell(row, table.columns.indexOf("name")), options.seed);
    say(holes.text);
    const check = await hiddenCells(model, codeTable(table, schema, { rows: heldOut }), coded, options.seed);
    say(check.text);
    const report = await written(modelReport(model, await model.files(), table, { name: "cars", draws: 50, rows: 100, seed: options.seed, adapter: gpu.name, command: "hhvaem demo" }));
    const seconds = (performance.now() - started) / 1000;
    if (options.json) process.stdout.write(`${JSON.stringify({ holes: holes.cells, ...check.result, seconds, adapter: gpu.name, report })}\n`);
    say(
      `\nDone in ${clock(seconds)}. ${report === undefined ? "" : `A report to look at: ${report}. `}Next, on a table of your own:\n` +
        "  hhvaem schema table.csv                                  what its columns are taken for\n" +
        "  hhvaem train table.csv --target COLUMN --out model       train; without a GPU two minutes, --time 10m for more\n" +
        "  hhvaem impute model table.csv -o filled.csv              fill its holes\n" +
        "  hhvaem predict model table.csv -o predictions.csv        predict the target\n" +
        "  hhvaem acquire model table.csv --row 12                  which missing value to measure next\n" +
        "  hhvaem web --open                                        all of it in a browser tab\n" +
        "(from this folder: `npx hhvaem ...`)\n",
    );
  });
}

/** Where the report was written; undefined, and said so, where what draws its pictures is not installed. */
async function written(page: Promise<string>): Promise<string | undefined> {
  try {
    await writeOutput(reportName, await page);
    return reportName;
  } catch (cause) {
    if (!(cause instanceof MissingPackageError)) throw cause;
    process.stderr.write(`warning: no report: ${cause.message}\n`);
    return undefined;
  }
}

/** The cells that are missing in the file itself: power among the features, economy as the target. */
async function realHoles(model: Model, all: Table, nameOf: (row: number) => string, seed: number): Promise<{ text: string; cells: number }> {
  const columns = [...featureColumns(model.schema), ...targetColumns(model.schema)];
  const { cells } = await model.impute(all, { draws: 200, seed });
  const missingTarget = Array.from(all.observedY.keys()).filter((row) => all.observedY[row] === 0);
  const { cells: predicted } = await model.predict(selectRows(all, missingTarget), { draws: 200, seed });
  const target = predicted.map((cell) => ({ ...cell, row: missingTarget[cell.row] }));
  const lines = [...cells, ...target].map((cell) => [nameOf(cell.row), columns[cell.column].name, ...interval(columns[cell.column], cell)]);
  return { text: `The real holes of the file, filled (90 % intervals):\n${textTable(["car", "column", "value", "90 % interval"], lines)}\n`, cells: lines.length };
}

/** Hides a third of the cells of held-out cars and the target, and compares with mean or mode. */
async function hiddenCells(model: Model, test: Table, training: Table, seed: number): Promise<{ text: string; result: Record<string, unknown> }> {
  const columns = featureColumns(model.schema);
  const d = columns.length;
  const u = uniform(foldIn(keyFromSeed(seed), 8), test.rows * d);
  const hidden = Float32Array.from(test.observedX, (seen, i) => Number(seen === 1 && u[i] < 1 / 3));
  const shown = { ...test, observedX: test.observedX.map((seen, i) => seen * (1 - hidden[i])), x: test.x.map((value, i) => value * (1 - hidden[i])) };
  const { cells } = await model.impute(shown, { draws: 200, seed });
  const scored = cells.filter((cell) => hidden[cell.row * d + cell.column] === 1);
  const simple = columns.map((_, j) => meanOrMode(training, j, d, columns[j]));
  const rows = columns.map((column, j) => {
    const own = scored.filter((cell) => cell.column === j);
    const truth = (cell: CellSummary): number => test.x[cell.row * d + j];
    const error = (guess: (cell: CellSummary) => number): number => {
      if (!isContinuous(column.type)) return own.filter((cell) => guess(cell) !== truth(cell)).length / own.length;
      return Math.sqrt(own.reduce((total, cell) => total + (guess(cell) - decodeValue(column, truth(cell))) ** 2, 0) / own.length);
    };
    const inside = own.filter((cell) => cell.lower! <= decodeValue(column, truth(cell)) && decodeValue(column, truth(cell)) <= cell.upper!).length;
    return { column, cells: own.length, ours: error((cell) => pointOf(cell, "mean")), simple: error(() => simple[j]), coverage: isContinuous(column.type) ? inside / own.length : undefined };
  });
  const examples = scored.filter((_, i) => i % Math.ceil(scored.length / 6) === 0).map((cell) => {
    const column = columns[cell.column];
    const truth = test.x[cell.row * d + cell.column];
    const inUnits = isContinuous(column.type) ? decodeValue(column, truth) : truth;
    return [column.name, formatValue(column, inUnits), ...interval(column, cell), formatValue(column, simple[cell.column])];
  });
  const { cells: predictions } = await model.predict(shown, { draws: 200, seed });
  const target = targetColumns(model.schema)[0];
  const known = predictions.filter((cell) => test.observedY[cell.row] === 1);
  const rmse = (guess: (cell: CellSummary) => number): number => Math.sqrt(known.reduce((total, cell) => total + (guess(cell) - decodeValue(target, test.y[cell.row])) ** 2, 0) / known.length);
  const targetMean = mean(Array.from(training.y).filter((_, i) => training.observedY[i] === 1).map((value) => decodeValue(target, value)));
  const errors = { ours: rmse((cell) => pointOf(cell, "mean")), simple: rmse(() => targetMean) };
  const share = (part: number | undefined): string => (part === undefined ? "" : `${Math.round(100 * part)} %`);
  const text =
    `${test.rows} cars were kept out of the training; a third of their cells was hidden and asked for. Some of them:\n` +
    `${textTable(["column", "truth", "answer", "90 % interval", "mean/mode"], examples)}\n` +
    "All of them (root mean squared error; share of wrong answers for discrete columns):\n" +
    `${textTable(
      ["column", "cells", "hhvaem", "mean/mode", "in 90 % interval"],
      rows.map((row) => [row.column.name, String(row.cells), row.ours.toPrecision(3), row.simple.toPrecision(3), share(row.coverage)]),
    )}\n` +
    `${target.name} predicted from the incomplete rows: error ${errors.ours.toPrecision(3)}, with the mean ${errors.simple.toPrecision(3)}.\n`;
  return { text, result: { features: rows.map((row) => ({ ...row, column: row.column.name })), target: errors } };
}

/** "98.3" and "[80.1, 120.4]"; for discrete columns the level and its probability. */
function interval(column: Column, cell: CellSummary): [string, string] {
  if (cell.probabilities) return [formatValue(column, cell.value), `with probability ${Math.max(...cell.probabilities).toFixed(2)}`];
  return [cell.value.toPrecision(4), `[${cell.lower!.toPrecision(4)}, ${cell.upper!.toPrecision(4)}]`];
}

function meanOrMode(table: Table, j: number, d: number, column: Column): number {
  const seen = Array.from({ length: table.rows }, (_, row) => row * d + j).filter((at) => table.observedX[at] === 1).map((at) => table.x[at]);
  if (isContinuous(column.type)) return mean(seen.map((value) => decodeValue(column, value)));
  const counts = new Map<number, number>();
  for (const value of seen) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))[0];
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
