import { basename, dirname, extname, join } from "node:path";
import { areaCsv, areaTable, curveCsv, parseOthers, saiaFigure, saiaReport, summariseResults, type OtherFigure, type SaiaExperiment } from "../../experiments/index.ts";
import { figureSvg } from "../../report/index.ts";
import { readInput, writeOutput } from "../inputs/files.ts";
import { writeDrawing } from "../output/drawings.ts";
import { piecesAsFlags } from "./pieces.ts";
import type { SaiaFolder } from "./saia-folder.ts";

/** What others found, from a file. */
export async function readOthers(path: string | undefined): Promise<OtherFigure[]> {
  return path === undefined ? [] : parseOthers(await readInput(path), basename(path));
}

/** Writes FILE and FILE's name with .svg and .png. */
export async function writeSaiaReport(path: string, folders: readonly SaiaFolder[], others: readonly OtherFigure[] = []): Promise<void> {
  const experiments = folders.map(toExperiment);
  const stem = join(dirname(path), basename(path, extname(path)));
  await writePlots(stem, experiments);
  await writeOutput(path, saiaReport(experiments, { image: `${basename(stem)}.png`, commands: folders.map(({ identity, results }) => `${identity.command} ${piecesAsFlags(results)}`), others }));
}

/** Tables and plots in the experiment's own folder. Returns the table of areas. */
export async function writeSaiaSummary(folder: SaiaFolder): Promise<string> {
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
  await writeDrawing(stem, await figureSvg(saiaFigure(experiments)));
}

function toExperiment({ identity, results }: SaiaFolder): SaiaExperiment {
  return { settings: identity, results };
}
