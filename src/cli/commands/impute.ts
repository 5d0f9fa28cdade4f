import { codeTable, featureColumns, filledCells, formatValue, targetColumns, type Column, type RawTable, type Replace, type Schema, type Table, type TextColumn } from "../../data/index.ts";
import { loadModel, type CellSummary, type Model, type Sampler } from "../../model/index.ts";
import { checkOutputPath } from "../files.ts";
import { readModelAt } from "../model-paths.ts";
import { ProgressLine } from "../progress.ts";
import { numbered, writeColumnsTo, writeTableTo } from "../table-output.ts";
import { loadTable, type TableOptions } from "../tables.ts";
import { UsageError } from "../usage-error.ts";
import { withDevice } from "../with-device.ts";

export interface AnswerOptions extends TableOptions {
  output: string;
  draws: number;
  interval: number;
  sampler?: Sampler;
  seed: number;
  json?: boolean;
}

export interface ImputeOptions extends AnswerOptions {
  /** Also write a line per imputed cell. */
  cells?: string;
  /** Fill missing targets too, jointly with the features. */
  targets?: boolean;
  /** Also write this many completed tables drawn from the posterior. */
  completions: number;
}

/** `hhvaem impute`: fills the missing cells of the features, and of the targets if asked; observed cells come back byte for byte. */
export async function imputeCommand(modelPath: string, path: string, options: ImputeOptions): Promise<void> {
  await answering(modelPath, path, options, async (model, table, coded, line) => {
    const { draws, interval, seed, sampler, completions, targets } = options;
    const result = await model.impute(coded, { draws, interval, seed, sampler, completions, targets, onProgress: (done, rows) => line.update("imputing rows", done, rows) });
    line.done();
    const columns = [...featureColumns(model.schema), ...targetColumns(model.schema)];
    const fill = (values: ArrayLike<number>): Replace => filledCells(table, columns, result.cells, values);
    await writeTableTo(options.output, table, fill(result.cells.map((cell) => cell.value)));
    for (const [c, values] of result.draws.entries()) await writeTableTo(numbered(options.output, c + 1), table, fill(values));
    if (options.cells !== undefined) await writeColumnsTo(options.cells, answers(table, "column", "value", result.cells, (cell) => columns[cell.column]));
    const summary = { rows: coded.rows, imputed: result.cells.length, output: options.output, acceptance: result.acceptance, divergences: result.divergences, effective: result.effective };
    if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    else process.stdout.write(`filled ${summary.imputed} cells of ${summary.rows} rows; ${options.output}\n`);
  });
}

/** Reads everything before the device opens, codes the table for the model, shows its warnings, and answers. */
async function answering(modelPath: string, path: string, options: AnswerOptions, answer: (model: Model, table: RawTable, coded: Table, line: ProgressLine) => Promise<void>): Promise<void> {
  const files = await readModelAt(modelPath);
  const table = await loadTable(path, options);
  checkOutputPath(options.output);
  await withDevice(async (gpu) => {
    const model = await loadModel(gpu, files);
    const coded = codeTable(table, model.schema, { source: path });
    for (const warning of coded.warnings) process.stderr.write(`warning: ${warning}\n`);
    await answer(model, table, coded, new ProgressLine());
  });
}

/** A line per answered cell: where it stands, its value, and how sure it is. */
function answers(table: RawTable, name: string, value: string, cells: readonly CellSummary[], columnOf: (cell: CellSummary) => Column): TextColumn[] {
  const each = (text: (cell: CellSummary) => string | undefined): (string | undefined)[] => cells.map(text);
  const number = (pick: (cell: CellSummary) => number | undefined) => each((cell) => (pick(cell) === undefined ? undefined : String(Number(pick(cell)!.toPrecision(7)))));
  return [
    { name: "row", cells: each((cell) => String(table.line(cell.row))) },
    { name, kind: "text", cells: each((cell) => columnOf(cell).name) },
    { name: value, cells: each((cell) => formatValue(columnOf(cell), cell.value)) },
    { name: "sd", kind: "number", cells: number((cell) => cell.sd) },
    { name: "lower", kind: "number", cells: number((cell) => cell.lower) },
    { name: "upper", kind: "number", cells: number((cell) => cell.upper) },
    { name: "probabilities", kind: "text", cells: each((cell) => cell.probabilities?.map((p, level) => `${columnOf(cell).categories![level]}=${p.toFixed(4)}`).join("; ")) },
  ];
}

/** `hhvaem predict`: one line per row and target. */
export async function predictCommand(modelPath: string, path: string, options: AnswerOptions): Promise<void> {
  await answering(modelPath, path, options, async (model, table, coded, line) => {
    const columns = targets(model.schema);
    const { draws, interval, seed, sampler } = options;
    const result = await model.predict(coded, { draws, interval, seed, sampler, onProgress: (done, rows) => line.update("predicting rows", done, rows) });
    line.done();
    const d = featureColumns(model.schema).length;
    await writeColumnsTo(options.output, answers(table, "target", "prediction", result.cells, (cell) => columns[cell.column - d]));
    const summary = { rows: coded.rows, output: options.output, acceptance: result.acceptance, divergences: result.divergences, effective: result.effective };
    if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    else process.stdout.write(`predicted ${columns.map((column) => column.name).join(", ")} for ${coded.rows} rows; ${options.output}\n`);
  });
}

function targets(schema: Schema): Column[] {
  const columns = targetColumns(schema);
  if (columns.length === 0) throw new UsageError("the model has no target; train it with --target COLUMN.");
  return columns;
}
