import { basename, dirname, extname, join } from "node:path";
import { areaCsv, areaTable, curveCsv, parseOthers, saiaFigure, saiaReport, summariseResults, type OtherFigure, type SaiaExperiment } from "../../../experiments/index.ts";
import { figureSvg, svgToPng } from "../../../report/index.ts";
import { drawingFiles } from "../../output/drawing-files.ts";
import { ExperimentFolder, experimentName } from "../../experiments/experiment-folder.ts";
import { checkOutputPath, readInput, writeOutput } from "../../inputs/files.ts";
import { UsageError } from "../../usage-error.ts";
import { imagesKind, type ImagesFolder } from "../../experiments/images-folder.ts";
import { saiaKind, type SaiaFolder } from "../../experiments/saia-folder.ts";
import { tablesKind, type TablesFolder } from "../../experiments/tables-folder.ts";
import { writeImagesReport } from "./experiment-images.ts";
import { piecesAsFlags } from "./experiment-pieces.ts";
import { writeTablesReport } from "./experiment-tables-report.ts";

/** `hhvaem experiment report`: one report over finished experiments of one kind. */
export async function experimentReportCommand(dirs: string[], options: { output: string; compare?: string; against?: string; json?: boolean }): Promise<void> {
  checkOutputPath(options.output);
  const kinds = await Promise.all(dirs.map(experimentName));
  const other = kinds.findIndex((kind) => kind !== kinds[0]);
  if (other >= 0) throw new UsageError(`${dirs[other]} is of \`experiment ${kinds[other]}\`, ${dirs[0]} of \`experiment ${kinds[0]}\`; report on them one by one.`);
  const opened =
    kinds[0] === "images" ? await openAll(dirs, (dir) => ExperimentFolder.open(dir, imagesKind))
    : kinds[0] === "tables" ? await openAll(dirs, (dir) => ExperimentFolder.open(dir, tablesKind))
    : await openAll(dirs, (dir) => ExperimentFolder.open(dir, saiaKind));
  if (kinds[0] === "images") await writeImagesReport(options.output, opened as ImagesFolder[], comparedWith(options, opened as ImagesFolder[]));
  else if (kinds[0] === "tables") await writeTablesReport(options.output, opened as TablesFolder[], comparedWith(options, opened as TablesFolder[]));
  else await writeReport(options.output, opened as SaiaFolder[], await readOthers(options.compare));
  if (options.json) process.stdout.write(`${JSON.stringify({ output: options.output, experiments: opened.map(({ dir, results }) => ({ dir, results: results.length })) })}\n`);
  else process.stdout.write(`written: ${options.output}, with its plot beside it\n`);
}

async function openAll<Folder extends SaiaFolder | TablesFolder | ImagesFolder>(dirs: readonly string[], open: (dir: string) => Promise<Folder>): Promise<Folder[]> {
  const folders: Folder[] = [];
  for (const dir of dirs) folders.push(await open(dir));
  const empty = folders.find((folder) => folder.results.length === 0);
  if (empty) throw new UsageError(`${empty.dir} has no results yet; finish it with the command in its experiment.json.`);
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

/** What others found, from a file. */
export async function readOthers(path: string | undefined): Promise<OtherFigure[]> {
  return path === undefined ? [] : parseOthers(await readInput(path), basename(path));
}

/** Writes FILE and FILE's name with .svg and .png. */
export async function writeReport(path: string, folders: readonly SaiaFolder[], others: readonly OtherFigure[] = []): Promise<void> {
  const experiments = folders.map(toExperiment);
  const stem = join(dirname(path), basename(path, extname(path)));
  await writePlots(stem, experiments);
  await writeOutput(path, saiaReport(experiments, { image: `${basename(stem)}.png`, commands: folders.map(({ identity, results }) => `${identity.command} ${piecesAsFlags(results)}`), others }));
}

/** Tables and plots in the experiment's own folder. Returns the table of areas. */
export async function writeSummary(folder: SaiaFolder): Promise<string> {
  const experiment = toExperiment(folder);
  const series = summariseResults(folder.results);
  const table = areaTable(series, folder.identity);
  await writeOutput(join(folder.dir, "table.md"), table);
  await writeOutput(join(folder.dir, "table.csv"), areaCsv(series));
  await writeOutput(join(folder.dir, "curves.csv"), curveCsv(series, folder.identity));
  await writePlots(join(folder.dir, "curves"), [experiment]);
  return table;
}

async function writePlots(stem: string, experiments: readonly SaiaExperiment[]): Promise<void> {
  const svg = await figureSvg(saiaFigure(experiments));
  await writeOutput(`${stem}.svg`, svg);
  await writeOutput(`${stem}.png`, await svgToPng(svg, await drawingFiles()));
}

function toExperiment({ identity, results }: SaiaFolder): SaiaExperiment {
  return { settings: identity, results };
}
