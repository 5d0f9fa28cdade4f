import { join, resolve } from "node:path";
import type { Command } from "commander";
import { baselines, isMethod, methodParts, runId, runName, type TableResult, type Variants } from "../../../experiments/index.ts";
import { presets } from "../../../model/index.ts";
import { ExperimentFolder, experimentFiles } from "../../experiments/experiment-folder.ts";
import { parseFolds } from "../../experiments/pieces.ts";
import { runExperimentJobs, scoredRuns } from "../../experiments/run-experiment.ts";
import { tablesKind, type TablesFolder, type TablesIdentity } from "../../experiments/tables-folder.ts";
import { findTables, readVariants, type FoundTable } from "../../experiments/tables-inputs.ts";
import { writeTablesReport, writeTablesSummary } from "../../experiments/tables-report.ts";
import { list, positive, wholeFrom } from "../../flags/parsers.ts";
import { examples, forceFlag, newCommand } from "../../flags/shared.ts";
import { checkOutputPath } from "../../inputs/files.ts";
import type { TableRunJob } from "../../jobs/table-run.ts";
import { checkPlaces } from "../../output/places.ts";
import { UsageError } from "../../usage-error.ts";

interface ExperimentTablesOptions {
  data: string;
  tables?: string[];
  settings?: string;
  variants?: string;
  folds?: string;
  presets: string[];
  baselines: string[];
  seeds: string;
  scale: number;
  draws: number;
  out: string;
  against: string;
  report?: string;
  queue?: string;
  force?: boolean;
  json?: boolean;
}

/** `hhvaem experiment tables`: trains every preset on every fold of every table and scores it. Goes on where it was interrupted. */
export function experimentTablesCommand(experiment: Command): void {
  newCommand(experiment, "tables", "train every preset on every fold of every table and score it; the same command goes on after an interruption", { seed: false })
    .requiredOption("--data <dir>", "folder with a folder per table, each with data.csv (or .csv.gz, .parquet) and splits.csv; or one table's folder")
    .option("--tables <list>", "tables, separated by commas (default: those of the paper that the folder has)", list)
    .option("--settings <file>", "target, latents, transitions, steps and batch of further tables, or others of the paper's: a JSON object per table")
    .option("--folds <list>", "folds to test, such as 0-9 or 0,3 (default: all)")
    .option("--variants <file>", 'methods of your own, for --presets and --against: JSON {"NAME": {"preset": ..., "config": {...}, "schedule": {...}}} with the settings that differ')
    .option("--presets <list>", `presets, separated by commas: ${Object.keys(presets).join(", ")}; best/proper, best/conditional and best/gaussians are its parts alone, best/uncalibrated has its answers as they are before calibration`, list, ["VAEM", "MIWAEM", "HVAEM", "HMCVAEM", "HHVAEM"])
    .option("--baselines <list>", `simple fillings for comparison: ${baselines.join(", ")}, or none`, (text: string) => (text === "none" ? [] : list(text)), [...baselines])
    .option("--seeds <list>", "seeds of the trainings, such as 0-2", "0")
    .option("--scale <x>", "part of the schedule's steps to train", positive, 1)
    .option("--draws <n>", "posterior draws per row", wholeFrom(2), 1000)
    .option("--against <method>", "the preset, variant or baseline that the others are compared with", "HHVAEM")
    .requiredOption("--out <dir>", "folder of models, results and tables")
    .option("--report <file>", "also write a report in Markdown, with CSV and plot beside it")
    .option("--queue <url>", "let the workers of this queue run them: redis://host:6379; tables and --out are on a disk that all share")
    .addOption(forceFlag())
    .addHelpText("after", examples("hhvaem experiment tables --data data --tables boston,yacht --folds 0-2 --presets VAEM,HHVAEM --out tables", "hhvaem experiment tables --data data --folds 0 --scale 0.05 --out quick --report quick.md", "hhvaem experiment tables --data data --variants variants.json --presets best,wide --against best --out wide"))
    .action(run);
}

async function run(options: ExperimentTablesOptions): Promise<void> {
  const variants = usedVariants(options, await readVariants(options.variants));
  const tables = await findTables(options);
  const seeds = parseFolds(options.seeds, Array.from({ length: 1000 }, (_, seed) => seed));
  if (options.report !== undefined) checkOutputPath(options.report);
  await checkPlaces({
    reads: { "a table of --data": tables.flatMap(({ data, splits }) => [data, splits]), "the file of --settings": options.settings, "the file of --variants": options.variants },
    writes: experimentFiles(options.out, ["tables.md", "tables.csv", "runs.csv"], options.report, [".csv", ".svg", ".png"]),
    clears: [join(options.out, "models")],
    force: options.force,
  });
  const folder = await ExperimentFolder.begin<TablesIdentity, TableResult>(
    options.out,
    {
      version: 1,
      experiment: "tables",
      draws: options.draws,
      scale: options.scale,
      tables: Object.fromEntries(tables.map(({ name, settings }) => [name, settings])),
      contents: Object.fromEntries(tables.map(({ name, content }) => [name, content])),
      ...(Object.keys(variants).length > 0 && { variants }),
      command: commandLine(options),
    },
    tablesKind,
  );
  const jobs = planJobs(folder, tables, seeds, variants, options);
  const failed = await runExperimentJobs(folder, jobs, scoredRuns, options.queue);
  const summary = await writeTablesSummary(folder, options.against);
  if (options.report !== undefined) await writeTablesReport(options.report, [folder], options.against);
  if (options.json) process.stdout.write(`${JSON.stringify({ out: options.out, runs: folder.results.length, failed, report: options.report })}\n`);
  else process.stdout.write(`\n${summary}\n${options.out}: tables.md, tables.csv, runs.csv, results.jsonl${options.report === undefined ? "" : `; report: ${options.report}`}\n`);
  if (failed.length > 0) throw new Error(`${failed.length} run${failed.length === 1 ? "" : "s"} failed: ${failed.join("; ")}. The same command tries them again.`);
}

/** The variants that --presets names. Throws UsageError for names that nothing has. */
function usedVariants({ presets: wanted, baselines: simple, against }: ExperimentTablesOptions, variants: Variants): Variants {
  const own = Object.keys(variants);
  const known = `${Object.keys(presets).join(", ")}${own.length > 0 ? `, of --variants ${own.join(", ")}` : ""}`;
  for (const name of wanted) if (!isMethod(name, variants)) throw new UsageError(`--presets: there is no preset "${name}"; there are ${known}, and of best its parts best/proper and best/conditional.`);
  for (const name of simple) if (!baselines.some((known) => known === name)) throw new UsageError(`--baselines: there is no baseline "${name}"; there are ${baselines.join(", ")}, or none.`);
  if (![...wanted, ...simple].includes(against)) throw new UsageError(`--against ${against}: expected one of --presets and --baselines: ${[...wanted, ...simple].join(", ")}.`);
  const used = new Set(wanted.map((method) => methodParts(method).name));
  return Object.fromEntries(Object.entries(variants).filter(([name]) => used.has(name)));
}

/** The runs that have no result yet: all tables of a fold before the next fold, so that what there is early says something of every table. */
function planJobs(folder: TablesFolder, tables: readonly FoundTable[], seeds: readonly number[], variants: Variants, options: ExperimentTablesOptions): TableRunJob[] {
  const done = new Set(folder.results.map(runName));
  const { scale, draws } = options;
  const folds = [...new Set(tables.flatMap((table) => table.folds))].sort((a, b) => a - b);
  const jobs: TableRunJob[] = [];
  for (const seed of seeds) {
    for (const fold of folds) {
      for (const { name: table, data, splits, settings, folds: own } of tables) {
        if (!own.includes(fold)) continue;
        for (const method of [...options.baselines, ...options.presets]) {
          const id = runId({ table, fold, method, seed });
          // a baseline has no seed: one run of it is enough
          if (options.baselines.includes(method) && seed !== seeds[0]) continue;
          if (done.has(runName({ table, fold, method, seed }))) continue;
          // a worker elsewhere finds the same files under the same paths
          const { name } = methodParts(method);
          const [dataPath, splitsPath, model] = [data, splits, folder.model(runId({ table, fold, method: name, seed }))].map((path) => resolve(path));
          jobs.push({ id, kind: "table-run", settings: { table, fold, method, seed, data: dataPath, splits: splitsPath, settings, scale, draws, model, ...(variants[name] && { variant: variants[name] }) } });
        }
      }
    }
  }
  return jobs;
}

/** The command to repeat. */
function commandLine(options: ExperimentTablesOptions): string {
  const given: [string, string | number | undefined][] = [
    ["data", options.data], ["tables", options.tables?.join(",")], ["settings", options.settings], ["variants", options.variants], ["folds", options.folds], ["presets", options.presets.join(",")],
    ["baselines", options.baselines.join(",") || "none"], ["seeds", options.seeds], ["scale", options.scale], ["draws", options.draws], ["out", options.out],
  ];
  return `hhvaem experiment tables ${given.filter(([, value]) => value !== undefined).map(([name, value]) => `--${name} ${value}`).join(" ")}`;
}
