import { basename, dirname, extname, join } from "node:path";
import { areaCsv, areaTable, curveCsv, parseOthers, saiaFigure, saiaReport, summariseResults, type OtherFigure, type SaiaExperiment } from "../../experiments/index.ts";
import { figureSvg, svgToPng } from "../../report/index.ts";
import { drawingFiles } from "../drawing-files.ts";
import { ExperimentFolder } from "../experiment-folder.ts";
import { checkOutputPath, readInput, writeOutput } from "../files.ts";
import { UsageError } from "../usage-error.ts";
import { piecesAsFlags } from "./experiment-pieces.ts";

/** `hhvaem experiment report`: one report over finished experiments. */
export async function experimentReportCommand(dirs: string[], options: { output: string; compare?: string; json?: boolean }): Promise<void> {
  checkOutputPath(options.output);
  const others = await readOthers(options.compare);
  const folders: ExperimentFolder[] = [];
  for (const dir of dirs) folders.push(await ExperimentFolder.open(dir));
  const empty = folders.find((folder) => folder.results.length === 0);
  if (empty) throw new UsageError(`${empty.dir} has no results yet; finish it with the command in its experiment.json.`);
  await writeReport(options.output, folders, others);
  if (options.json) process.stdout.write(`${JSON.stringify({ output: options.output, experiments: folders.map(({ dir, results }) => ({ dir, results: results.length })) })}\n`);
  else process.stdout.write(`written: ${options.output}, with its plot beside it\n`);
}

/** What others found, from a file. */
export async function readOthers(path: string | undefined): Promise<OtherFigure[]> {
  return path === undefined ? [] : parseOthers(await readInput(path), basename(path));
}

/** Writes FILE and FILE's name with .svg and .png. */
export async function writeReport(path: string, folders: readonly ExperimentFolder[], others: readonly OtherFigure[] = []): Promise<void> {
  const experiments = folders.map(toExperiment);
  const stem = join(dirname(path), basename(path, extname(path)));
  await writePlots(stem, experiments);
  await writeOutput(path, saiaReport(experiments, { image: `${basename(stem)}.png`, commands: folders.map(({ identity, results }) => `${identity.command} ${piecesAsFlags(results)}`), others }));
}

/** Tables and plots in the experiment's own folder. Returns the table of areas. */
export async function writeSummary(folder: ExperimentFolder): Promise<string> {
  const experiment = toExperiment(folder);
  const series = summariseResults(folder.results);
  const table = areaTable(series, folder.identity);
  await writeOutput(join(folder.dir, "table.md"), table);
  await writeOutput(join(folder.dir, "table.csv"), areaCsv(series));
  await writeOutput(join(folder.dir, "curves.csv"), curveCsv(series));
  await writePlots(join(folder.dir, "curves"), [experiment]);
  return table;
}

async function writePlots(stem: string, experiments: readonly SaiaExperiment[]): Promise<void> {
  const svg = await figureSvg(saiaFigure(experiments));
  await writeOutput(`${stem}.svg`, svg);
  await writeOutput(`${stem}.png`, await svgToPng(svg, await drawingFiles()));
}

function toExperiment({ identity, results }: ExperimentFolder): SaiaExperiment {
  return { settings: identity, results };
}
