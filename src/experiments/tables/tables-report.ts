import { csvTable, markdownTable, withError, type DotGrid } from "../../report/index.ts";
import { compareWith, measures, summariseTables, type TableEntry } from "./summary.ts";
import type { TableSettings } from "./settings.ts";
import type { TableResult } from "./table-results.ts";
import type { Variants } from "./variants.ts";

/** What a tables experiment was made of; stands in experiment.json. */
export interface TablesSettings {
  draws: number;
  /** Part of every table's steps. */
  scale: number;
  tables: Readonly<Record<string, TableSettings>>;
  /** Methods that are no presets. */
  variants?: Variants;
}

/** A table of one measure: methods down, tables across; the best method of each table in bold. */
export function measureTable(entries: readonly TableEntry[], measure: string): string {
  const own = entries.filter((entry) => entry.measure === measure);
  const [tables, methods] = [[...new Set(own.map(({ table }) => table))], [...new Set(own.map(({ method }) => method))]];
  const { lessIsBetter } = measures.find(({ name }) => name === measure)!;
  const ranked = !/^(coverage|.*seconds$)/.test(measure);
  const best = new Map(tables.map((table) => [table, own.filter((entry) => entry.table === table).reduce((a, b) => ((lessIsBetter ? b.mean < a.mean : b.mean > a.mean) ? b : a))]));
  return markdownTable(
    ["", ...tables],
    methods.map((method) => [
      method,
      ...tables.map((table) => {
        const entry = own.find((one) => one.table === table && one.method === method);
        if (!entry) return "";
        const text = withError(entry.mean, entry.standardError);
        return ranked && best.get(table) === entry && methods.length > 1 ? `**${text}**` : text;
      }),
    ]),
  );
}

/** One line per table, method and measure. */
export function tablesCsv(results: readonly TableResult[]): string {
  return csvTable(
    ["table", "method", "measure", "runs", "mean", "standard_error"],
    summariseTables(results).map((entry) => [entry.table, entry.method, entry.measure, entry.runs, entry.mean, entry.standardError]),
  );
}

/** One line per run: every measure. */
export function runsCsv(results: readonly TableResult[]): string {
  return csvTable(
    ["table", "fold", "method", "seed", ...measures.map(({ name }) => name)],
    results.map((result) => [result.table, result.fold, result.method, result.seed, ...measures.map(({ of }) => of(result) ?? Number.NaN)]),
  );
}

/** Each method against one, as Markdown: how often better, by how much, and whether that may be chance. */
export function comparisonText(baseline: string, results: readonly TableResult[]): string {
  const rows = compareWith(baseline, results);
  if (rows.length === 0) return "";
  const p = (value: number): string => (Number.isNaN(value) ? "" : value < 0.001 ? "< 0.001" : value.toFixed(3));
  return markdownTable(
    ["method", "measure", `minus ${baseline}, mean over tables`, "better runs", "better tables", "p (t)", "p (signed ranks)"],
    rows.map((row) => [row.method, row.measure, withError(row.difference.mean, row.difference.standardError), `${row.betterRuns} of ${row.runs}`, `${row.betterTables} of ${row.tables}`, p(row.pStudent), p(row.pSignedRank)]),
  );
}

/** A row per measure, a column per table, a dot per method. */
export function tablesFigure(results: readonly TableResult[], wanted: readonly string[] = ["ll_xu", "ll_y", "target_error", "error_xu"]): DotGrid {
  const entries = summariseTables(results);
  const shown = measures.filter(({ name }) => wanted.includes(name) && entries.some(({ measure }) => measure === name));
  const columns = [...new Set(entries.map(({ table }) => table))];
  return {
    rows: shown.map(({ title, lessIsBetter }) => `${title}: ${lessIsBetter ? "less" : "more"} is better`),
    columns,
    series: [...new Set(entries.map(({ method }) => method))],
    cell: (row, column) => entries.filter(({ table, measure }) => table === columns[column] && measure === shown[row].name).map(({ method, mean, standardError }) => ({ series: method, value: mean, standardError })),
    note: "bars: one standard error over folds; every field has its own scale",
  };
}

/** An experiment with what it has found. */
export interface TablesExperiment {
  settings: TablesSettings;
  results: readonly TableResult[];
  command: string;
}

/** The report, as Markdown. */
export function tablesReport(experiments: readonly TablesExperiment[], options: { baseline: string; image?: string }): string {
  const results = experiments.flatMap((experiment) => experiment.results);
  const entries = summariseTables(results);
  const present = measures.filter(({ name }) => entries.some(({ measure }) => measure === name));
  const adapters = [...new Set(results.map(({ adapter }) => adapter))].filter((adapter) => adapter !== "");
  const comparison = comparisonText(options.baseline, results);
  return (
    "# Filling and predicting, table by table\n\n" +
    "Half of every test row is hidden by the folds' masks, and so is the target. Log-likelihoods are in nats on the coded scale, higher is better; `ll_xu` takes the mean over features inside the " +
    "exponential as the authors do, `ll_xu per feature` is the mean over hidden cells of log p(x_d | x_O). `error_xu` is the mean over features of the RMSE on the coded scale or the error rate of " +
    "hidden cells. ±: one standard error over folds and seeds. Rows are averaged over the whole fold. The best of a column is bold.\n\n" +
    experiments.map(({ command }) => `    ${command}\n`).join("") +
    `\n${experiments.map(({ settings }) => scheduleText(settings)).join("")}` +
    (options.image === undefined ? "" : `\n![scores by table](${options.image})\n`) +
    present.map(({ name, title }) => `\n## ${title}\n\n${measureTable(entries, name)}`).join("") +
    (comparison === "" ? "" : `\n## Against ${options.baseline}\n\nPaired by table, fold and seed; tests are over the tables' means.\n\n${comparison}`) +
    (adapters.length === 0 ? "" : `\nAdapter${adapters.length > 1 ? "s" : ""}: ${adapters.join("; ")}.\n`)
  );
}

function scheduleText({ scale, draws, tables, variants = {} }: TablesSettings): string {
  const part = scale === 1 ? "The full schedule" : `${Number((100 * scale).toPrecision(3))} % of the schedule's steps (marginal VAEs in full), the same for all presets`;
  const changed = Object.entries(variants).map(([name, { preset, ...changes }]) => `- ${name}: ${preset} with \`${JSON.stringify(changes)}\`\n`).join("");
  return `${part}; ${draws} draws a row. Tables: ${Object.keys(tables).join(", ")}.\n${changed === "" ? "" : `\n${changed}`}`;
}
