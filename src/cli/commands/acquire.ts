import { Option, type Command } from "commander";
import { acquire, methods, type Method, type Ranking, type StopReason } from "../../acquisition/index.ts";
import { codeTable, featureColumns, formatValue, targetColumns, type Column, type Schema } from "../../data/index.ts";
import { loadModel, type CellSummary, type Estimator } from "../../model/index.ts";
import { withDevice } from "../device.ts";
import { fraction, notNegative, positive, wholeFrom } from "../flags/parsers.ts";
import { defaultCostFlag, estimatorFlag, examples, keepMissingFlag, newCommand, tableFlags } from "../flags/shared.ts";
import { costsOf } from "../inputs/costs.ts";
import { loadTable, readingOf, rowAtLine, withKept, type TableOptions } from "../inputs/tables.ts";
import { readModelAt } from "../models/model-paths.ts";
import { ProgressLine } from "../output/progress.ts";
import { textTable } from "../output/table-output.ts";
import { UsageError } from "../usage-error.ts";

interface AcquireOptions extends TableOptions {
  /** Line of the file, as the table counts them: 1 is the header. */
  row?: number;
  all?: boolean;
  method: Method;
  estimator?: Estimator;
  costs?: string;
  defaultCost?: number;
  keepMissing?: string[];
  budget?: number;
  batch: number;
  minGain?: number;
  width?: number;
  draws: number;
  interval: number;
  bins: number;
  biasCorrection?: boolean;
  kraskov?: boolean;
  top: number;
  seed: number;
  json?: boolean;
}

const reasons: Record<StopReason, string> = {
  "nothing left": "nothing left to acquire: every feature is known",
  budget: "the budget does not pay for any missing value",
  gain: "no missing value gains as much as --min-gain",
  width: "the interval is narrow enough already (--width)",
};

/** `hhvaem acquire`: which missing value to obtain next, for one row or all of them. */
export function acquireCommand(program: Command): void {
  tableFlags(newCommand(program, "acquire <model> <table>", "rank the missing values of a row by how much they would tell about the target"))
    .addOption(new Option("--row <n>", "the row on this line of the file (the header is line 1); of a Parquet file, the row of this number").argParser(wholeFrom(1)))
    .option("--all", "every row")
    .addOption(new Option("--method <name>", "mutual information, the encoder's Gaussian reward, the largest variance, or at random").choices([...methods]).default("mi"))
    .option("--costs <file>", "what each feature costs: CSV lines column,cost or a JSON object; ranks by gain per cost")
    .addOption(defaultCostFlag())
    .addOption(keepMissingFlag())
    .option("--budget <x>", "leave out what costs more than this", notNegative)
    .option("--batch <k>", "values to acquire together, by their joint information", wholeFrom(1), 1)
    .option("--min-gain <nats>", "stop when nothing gains this much", notNegative)
    .option("--width <w>", "stop when the target's interval is narrower, in its own units", positive)
    .option("--draws <n>", "posterior draws per row", wholeFrom(2), 1000)
    .option("--interval <p>", "mass of the central interval", fraction, 0.9)
    .addOption(estimatorFlag())
    .option("--bins <n>", "bins of a continuous variable, for --estimator paper and for batches", wholeFrom(2), 5)
    .option("--bias-correction", "--estimator paper: subtract the bias of histogram entropies (Miller-Madow)")
    .option("--kraskov", "also estimate by nearest neighbours, for comparison (continuous pairs)")
    .option("--top <n>", "show so many candidates of a row", wholeFrom(1), 10)
    .addHelpText("after", examples("hhvaem acquire model cars.csv --row 12", "hhvaem acquire model patients.csv --all --costs costs.csv --budget 50 --batch 2 --json"))
    .action(run);
}

async function run(modelPath: string, path: string, options: AcquireOptions): Promise<void> {
  if (options.row !== undefined && options.all) throw new UsageError("--row and --all exclude each other.");
  const files = await readModelAt(modelPath);
  const table = await loadTable(path, { ...options, before: readingOf(files) });
  const rows = options.row === undefined ? Array.from({ length: table.rows }, (_, row) => row) : [rowAtLine(table, options.row)];
  if (options.row === undefined && !options.all && table.rows > 1) throw new UsageError(`${path} has ${table.rows} rows: say --row N (${table.counts === "line" ? "a line of the file, " : ""}${table.line(0)} to ${table.line(table.rows - 1)}) or --all.`);
  const progress = new ProgressLine();
  await withDevice(async (gpu) => {
    const model = await loadModel(gpu, files);
    const { schema } = model;
    if (targetColumns(schema).length === 0) throw new UsageError("the model has no target; train it with --target COLUMN.");
    const features = featureColumns(schema);
    const coded = codeTable(table, withKept(schema, options.keepMissing), { rows, source: path });
    for (const warning of coded.warnings) process.stderr.write(`warning: ${warning}\n`);
    const costs = await costsOf(options, features, (column) => rows.some((_, i) => coded.observedX[i * features.length + column] !== 1 && coded.keptX?.[i * features.length + column] !== 1));
    const { method, estimator, budget, batch, minGain: minimalGain, width, draws, interval, bins, biasCorrection, kraskov, seed } = options;
    const rankings = await acquire(model.conditional(), { rows: rows.length, x: coded.x, observed: coded.observedX, ...(coded.keptX && { absent: coded.keptX }) }, {
      method, estimator, budget, batch, minimalGain, width, draws, interval, bins, biasCorrection, kraskov, seed, costs,
      onProgress: (done, total) => progress.update("ranking rows", done, total),
    });
    progress.done();
    const lines = rankings.map((ranking, i) => ({ ...ranking, row: table.line(rows[i]) }));
    if (options.json) process.stdout.write(`${JSON.stringify({ method, draws, rows: lines.map((ranking) => asJson(ranking, schema)) })}\n`);
    else process.stdout.write(lines.map((ranking) => readable(ranking, schema, options)).join("\n"));
  });
}

/** A target as it is predicted: value, and its interval or its levels' probabilities. */
function predictionText(column: Column, cell: CellSummary, interval: number): string {
  const value = formatValue(column, cell.value);
  if (cell.probabilities) {
    const levels = cell.probabilities.map((p, level) => ({ p, label: column.categories![level] })).sort((a, b) => b.p - a.p);
    return `${value}  (${levels.slice(0, 4).map(({ p, label }) => `${label} ${(100 * p).toFixed(0)} %`).join(", ")})`;
  }
  return `${value}  (${formatValue(column, cell.lower!)} to ${formatValue(column, cell.upper!)} with ${(100 * interval).toFixed(0)} % probability)`;
}

function readable(ranking: Ranking, schema: Schema, options: AcquireOptions): string {
  const targets = targetColumns(schema);
  const features = featureColumns(schema);
  const nats = options.method === "mi" || options.method === "gaussian";
  const head = ["missing value", nats ? "gain (nats)" : options.method === "variance" ? "variance" : "random number", "s.e.", ...(options.kraskov ? ["neighbours"] : []), "cost", "per cost", "width then"];
  const number = (value: number | undefined, digits = 4): string => (value === undefined || Number.isNaN(value) ? "" : value.toFixed(digits));
  const shown = ranking.candidates.slice(0, options.top);
  const rows = shown.map(({ name, gain, standardError, kraskov, cost, gainPerCost, expectedWidth }) => [
    name, number(gain), number(standardError), ...(options.kraskov ? [number(kraskov)] : []), String(cost), number(gainPerCost), expectedWidth === undefined ? "" : expectedWidth.toPrecision(4),
  ]);
  const lines = [`row ${ranking.row}`];
  ranking.prediction.forEach((cell, j) => lines.push(`  ${targets[j].name} now: ${predictionText(targets[j], cell, options.interval)}${j === 0 && ranking.width !== undefined ? `, ${ranking.width.toPrecision(4)} wide` : ""}`));
  if (ranking.stop) lines.push(`  ${reasons[ranking.stop]}`);
  else lines.push(`  acquire next: ${ranking.next.map((column) => features[column].name).join(", ")}${ranking.next.length > 1 ? ` (together ${ranking.jointGain.toFixed(4)} nats)` : ""}`);
  const rest = ranking.candidates.length - shown.length;
  return `${lines.join("\n")}\n${rows.length > 0 ? textTable(head, rows) : ""}${rest > 0 ? `  and ${rest} more (--top)\n` : ""}`;
}

function asJson(ranking: Ranking, schema: Schema): object {
  const features = featureColumns(schema);
  const targets = targetColumns(schema);
  const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
  return {
    ...ranking,
    next: ranking.next.map((column) => features[column].name),
    candidates: ranking.candidates.map(({ column: _, ...candidate }) => ({ ...candidate, standardError: known(candidate.standardError) })),
    prediction: ranking.prediction.map(({ row: _, column: __, name: target, ...cell }, j) => ({ target, ...cell, ...(cell.probabilities ? { value: targets[j].categories![cell.value] } : {}) })),
  };
}
