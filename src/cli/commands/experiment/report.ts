import { join } from "node:path";
import type { Command } from "commander";
import { ExperimentFolder, experimentName, reportFiles } from "../../experiments/experiment-folder.ts";
import { coverageKind, writeCoverageReport } from "../../experiments/coverage-folder.ts";
import { imagesKind, type ImagesFolder } from "../../experiments/images-folder.ts";
import { writeImagesReport } from "../../experiments/images-report.ts";
import { saiaKind, type SaiaFolder } from "../../experiments/saia-folder.ts";
import { readOthers, writeSaiaReport } from "../../experiments/saia-report.ts";
import { tablesKind, type TablesFolder } from "../../experiments/tables-folder.ts";
import { writeTablesReport } from "../../experiments/tables-report.ts";
import { examples, forceFlag, newCommand } from "../../flags/shared.ts";
import { checkOutputPath } from "../../inputs/files.ts";
import { checkPlaces } from "../../output/places.ts";
import { UsageError } from "../../usage-error.ts";

/** `hhvaem experiment report`: one report over finished experiments of one kind. */
export function experimentReportCommand(experiment: Command): void {
  newCommand(experiment, "report <dirs...>", "one report over the folders of several experiments, with one plot")
    .option("--against <method>", "reports on tables: the method that the others are compared with (default: the last)")
    .requiredOption("-o, --output <file>", "the report, in Markdown; FILE.svg and FILE.png stand beside it")
    .option("--compare <file>", "figures to compare with: CSV with table, model, method, folds, from, error, source")
    .addOption(forceFlag())
    .addHelpText("after", examples("hhvaem experiment report saia-boston saia-yacht -o saia.md"))
    .action(run);
}

async function run(dirs: string[], options: ReportOptions): Promise<void> {
  checkOutputPath(options.output);
  const kinds = await Promise.all(dirs.map(experimentName));
  const other = kinds.findIndex((kind) => kind !== kinds[0]);
  if (other >= 0) throw new UsageError(`${dirs[other]} is of \`experiment ${kinds[other]}\`, ${dirs[0]} of \`experiment ${kinds[0]}\`; report on them one by one.`);
  if (kinds[0] === "coverage") return coverageOnly(dirs, options);
  const opened =
    kinds[0] === "images" ? await openAll(dirs, (dir) => ExperimentFolder.open(dir, imagesKind))
    : kinds[0] === "tables" ? await openAll(dirs, (dir) => ExperimentFolder.open(dir, tablesKind))
    : await openAll(dirs, (dir) => ExperimentFolder.open(dir, saiaKind));
  const endings = kinds[0] === "images" ? [".csv", ...(opened as ImagesFolder[]).map(({ identity }) => `-${identity.name}.png`)] : kinds[0] === "tables" ? [".csv", ".svg", ".png"] : [".svg", ".png"];
  await checkReportPlaces(dirs, options, endings);
  if (kinds[0] === "images") await writeImagesReport(options.output, opened as ImagesFolder[], comparedWith(options, opened as ImagesFolder[]));
  else if (kinds[0] === "tables") await writeTablesReport(options.output, opened as TablesFolder[], comparedWith(options, opened as TablesFolder[]));
  else await writeSaiaReport(options.output, opened as SaiaFolder[], await readOthers(options.compare));
  if (options.json) process.stdout.write(`${JSON.stringify({ output: options.output, experiments: opened.map(({ dir, results }) => ({ dir, results: results.length })) })}\n`);
  else process.stdout.write(`written: ${options.output}, with its plot beside it\n`);
}

interface ReportOptions {
  output: string;
  compare?: string;
  against?: string;
  force?: boolean;
  json?: boolean;
}

async function checkReportPlaces(dirs: readonly string[], { output, compare, force }: ReportOptions, endings: readonly string[]): Promise<void> {
  const own = dirs.flatMap((dir) => ["experiment.json", "results.jsonl", "pictures.png"].map((name) => join(dir, name)));
  await checkPlaces({ reads: { "a file of the experiment": own, "the file of --compare": compare }, writes: { "--output": reportFiles(output, endings) }, force });
}

/** A report on one experiment: two of them differ in what was made up. */
async function coverageOnly(dirs: readonly string[], options: ReportOptions): Promise<void> {
  const { output, compare, against, json } = options;
  if (compare !== undefined || against !== undefined) throw new UsageError("--compare and --against: reports on `experiment coverage` compare nothing else; leave them out.");
  if (dirs.length > 1) throw new UsageError(`reports on \`experiment coverage\` are of one folder, got ${dirs.length}; report on them one by one.`);
  const folder = await ExperimentFolder.open(dirs[0], coverageKind);
  await checkReportPlaces(dirs, options, [".csv"]);
  if (folder.results.length === 0) throw noResults(folder.dir);
  await writeCoverageReport(output, folder);
  if (json) process.stdout.write(`${JSON.stringify({ output, experiments: [{ dir: folder.dir, results: folder.results.length }] })}\n`);
  else process.stdout.write(`written: ${output}, with its figures as CSV beside it\n`);
}

function noResults(dir: string): UsageError {
  return new UsageError(`${dir} has no results yet; finish it with the command in its experiment.json.`);
}

async function openAll<Folder extends SaiaFolder | TablesFolder | ImagesFolder>(dirs: readonly string[], open: (dir: string) => Promise<Folder>): Promise<Folder[]> {
  const folders: Folder[] = [];
  for (const dir of dirs) folders.push(await open(dir));
  const empty = folders.find((folder) => folder.results.length === 0);
  if (empty) throw noResults(empty.dir);
  return folders;
}

/** The method that the others are compared with. */
function comparedWith({ compare, against }: { compare?: string; against?: string }, folders: readonly (TablesFolder | ImagesFolder)[]): string {
  if (compare !== undefined) throw new UsageError("--compare is for reports on `experiment saia`; leave it out.");
  const methods = [...new Set(folders.flatMap(({ results }) => results.map(({ method }) => method)))];
  const chosen = against ?? methods.at(-1)!;
  if (!methods.includes(chosen)) throw new UsageError(`--against ${chosen}: expected one of ${methods.join(", ")}.`);
  return chosen;
}
