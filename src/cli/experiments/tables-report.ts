import { basename, dirname, extname, join } from "node:path";
import { comparisonText, runsCsv, tablesCsv, tablesFigure, tablesReport, type TablesExperiment } from "../../experiments/index.ts";
import { dotGridSvg } from "../../report/index.ts";
import { writeOutput } from "../inputs/files.ts";
import { writeDrawing } from "../output/drawings.ts";
import type { TablesFolder } from "./tables-folder.ts";

/** Tables in the experiment's own folder. Returns the comparison of methods, or the scores where there is nothing to compare. */
export async function writeTablesSummary(folder: TablesFolder, against: string): Promise<string> {
  const report = tablesReport([toExperiment(folder)], { baseline: against });
  await writeOutput(join(folder.dir, "tables.md"), report);
  await writeOutput(join(folder.dir, "tables.csv"), tablesCsv(folder.results));
  await writeOutput(join(folder.dir, "runs.csv"), runsCsv(folder.results));
  return comparisonText(against, folder.results) || report;
}

/** Writes FILE, and FILE's name with .csv, .svg and .png. */
export async function writeTablesReport(path: string, folders: readonly TablesFolder[], against: string): Promise<void> {
  const results = folders.flatMap((folder) => folder.results);
  const stem = join(dirname(path), basename(path, extname(path)));
  await writeDrawing(stem, dotGridSvg(tablesFigure(results)));
  await writeOutput(`${stem}.csv`, runsCsv(results));
  await writeOutput(path, tablesReport(folders.map(toExperiment), { baseline: against, image: `${basename(stem)}.png` }));
}

function toExperiment({ identity, results }: TablesFolder): TablesExperiment {
  return { settings: identity, results, command: identity.command };
}
