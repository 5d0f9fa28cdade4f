import { join } from "node:path";
import type { Command } from "commander";
import { bootstrapEnding, coverageRunId, coverageRunName, coverageTable, references, summariseCoverage, terms, truth, type CoverageResult, type CoverageRunName, type Variants } from "../../../experiments/index.ts";
import { presets } from "../../../model/index.ts";
import { coverageKind, writeCoverageReport, type CoverageFolder, type CoverageIdentity } from "../../experiments/coverage-folder.ts";
import { ExperimentFolder, experimentFiles } from "../../experiments/experiment-folder.ts";
import { parseNumbers } from "../../experiments/pieces.ts";
import { runExperimentJobs, type RunsTold } from "../../experiments/run-experiment.ts";
import { readVariants } from "../../experiments/tables-inputs.ts";
import { fraction, list, positive, wholeFrom } from "../../flags/parsers.ts";
import { examples, forceFlag, newCommand } from "../../flags/shared.ts";
import { checkOutputPath } from "../../inputs/files.ts";
import type { CoverageRunJob } from "../../jobs/coverage-run.ts";
import { checkPlaces } from "../../output/places.ts";
import { UsageError } from "../../usage-error.ts";

interface ExperimentCoverageOptions {
  dataSets: string;
  rows: number;
  rate: number;
  completions: number;
  level: number;
  presets: string[];
  variants?: string;
  scale: number;
  out: string;
  report?: string;
  queue?: string;
  force?: boolean;
  json?: boolean;
}

/** `hhvaem experiment coverage`: whether intervals of a regression on completed tables, pooled by Rubin's rules, hold the truth as often as they promise. Goes on where it was interrupted. */
export function experimentCoverageCommand(experiment: Command): void {
  newCommand(experiment, "coverage", "whether pooled intervals of a regression on completed tables hold the truth as often as they promise, on made-up data sets; the same command goes on after an interruption", { seed: false })
    .option("--data-sets <list>", "numbers of the data sets; more of them may follow in the same folder", "0-199")
    .option("--rows <n>", "rows of each", wholeFrom(20), 250)
    .option("--rate <p>", "share of holes in each of the two columns that have some", fraction, 0.3)
    .option("--completions <m>", "completed tables of each", wholeFrom(2), 20)
    .option("--level <p>", "mass of the pooled intervals", fraction, 0.95)
    .option("--presets <list>", `presets, separated by commas: ${Object.keys(presets).join(", ")}; PRESET${bootstrapEnding} trains a model for every completed table, on rows drawn with replacement`, list, ["best"])
    .option("--variants <file>", 'methods of your own, for --presets: JSON {"NAME": {"preset": ..., "config": {...}, "schedule": {...}}} with the settings that differ')
    .option("--scale <x>", "part of each preset's steps to train", positive, 1)
    .requiredOption("--out <dir>", "folder of the results")
    .option("--report <file>", "also write a report in Markdown, with CSV beside it")
    .option("--queue <url>", "let the workers of this queue run them: redis://host:6379")
    .addOption(forceFlag())
    .addHelpText("after", examples("hhvaem experiment coverage --scale 0.02 --data-sets 0-19 --out quick", `hhvaem experiment coverage --presets best,best${bootstrapEnding} --scale 0.02 --out both --report both.md`))
    .action(run);
}

const mostDataSets = 10_000;

const told: RunsTold<CoverageRunName, CoverageResult> = {
  name: coverageRunName,
  kind: ({ method }) => method,
  seconds: ({ seconds }) => seconds,
  // of data sets of one size most of the time would go into compiling the same kernels
  ofDevice: 50,
  found: ({ slopes }) => terms.map((term) => `${term} ${slopes[term].estimate.toFixed(3)} ± ${slopes[term].standardError.toFixed(3)}`).join(", "),
};

async function run(options: ExperimentCoverageOptions): Promise<void> {
  const variants = usedVariants(options.presets, await readVariants(options.variants));
  if (options.report !== undefined) checkOutputPath(options.report);
  const { rows, rate, completions, level, scale, out, force } = options;
  await checkPlaces({ reads: { "the file of --variants": options.variants }, writes: experimentFiles(out, ["coverage.md", "coverage.csv"], options.report, [".csv"]), force });
  const folder = await ExperimentFolder.begin<CoverageIdentity, CoverageResult>(
    out,
    { version: 1, experiment: "coverage", rows, rate, completions, level, scale, ...(Object.keys(variants).length > 0 && { variants }), command: commandLine(options) },
    coverageKind,
  );
  const failed = await runExperimentJobs(folder, planJobs(folder, variants, options), told, options.queue);
  await writeCoverageReport(join(out, "coverage.md"), folder);
  if (options.report !== undefined) await writeCoverageReport(options.report, folder);
  const entries = summariseCoverage(folder.results);
  if (options.json) process.stdout.write(`${JSON.stringify({ out, runs: folder.results.length, failed, report: options.report, coverage: entries })}\n`);
  else process.stdout.write(`${terms.map((term) => `\n${term} (truth: ${truth[term]})\n${coverageTable(entries, term)}`).join("")}\n${out}: coverage.md, coverage.csv, results.jsonl${options.report === undefined ? "" : `; report: ${options.report}`}\n`);
  if (failed.length > 0) throw new Error(`${failed.length} run${failed.length === 1 ? "" : "s"} failed: ${failed.slice(0, 3).join("; ")}. The same command tries them again.`);
}

/** A method's name without the ending of the bootstrap. */
function baseOf(method: string): string {
  return method.endsWith(bootstrapEnding) ? method.slice(0, -bootstrapEnding.length) : method;
}

/** The variants that --presets names. Throws UsageError for names that nothing has. */
function usedVariants(methods: readonly string[], variants: Variants): Variants {
  const bases = new Set(methods.map(baseOf));
  for (const name of bases) {
    if (presets[name] || Object.hasOwn(variants, name)) continue;
    const own = Object.keys(variants);
    throw new UsageError(`--presets: there is no preset "${name}"; there are ${Object.keys(presets).join(", ")}${own.length > 0 ? `, of --variants ${own.join(", ")}` : ""}, and each with ${bootstrapEnding}.`);
  }
  return Object.fromEntries(Object.entries(variants).filter(([name]) => bases.has(name)));
}

/** The runs that have no result yet, data set after data set. */
function planJobs(folder: CoverageFolder, variants: Variants, { dataSets, presets: methods }: ExperimentCoverageOptions): CoverageRunJob[] {
  const done = new Set(folder.results.map(coverageRunName));
  const { rows, rate, completions, level, scale } = folder.identity;
  const sets = parseNumbers(dataSets, Array.from({ length: mostDataSets }, (_, set) => set), { flag: "--data-sets", what: "data sets", such: "0-199 or 0,3,5", lacking: (unknown) => `there is no data set ${unknown}; they are numbered from 0 to ${mostDataSets - 1}` });
  return sets.flatMap((set) =>
    [...references, ...methods].filter((method) => !done.has(coverageRunName({ set, method }))).map((method): CoverageRunJob => {
      const variant = variants[baseOf(method)];
      return { id: coverageRunId({ set, method }), kind: "coverage-run", settings: { set, method, rows, rate, completions, level, scale, ...(variant && { variant }) } };
    }),
  );
}

/** The command to repeat. */
function commandLine({ dataSets, rows, rate, completions, level, presets: methods, variants, scale, out }: ExperimentCoverageOptions): string {
  const given: [string, string | number | undefined][] = [["data-sets", dataSets], ["rows", rows], ["rate", rate], ["completions", completions], ["level", level], ["presets", methods.join(",")], ["variants", variants], ["scale", scale], ["out", out]];
  return `hhvaem experiment coverage ${given.filter(([, value]) => value !== undefined).map(([name, value]) => `--${name} ${value}`).join(" ")}`;
}
