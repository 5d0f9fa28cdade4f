import { basename, dirname, extname, join } from "node:path";
import { coverageCsv, coverageReport, parseCoverageResults, type CoverageResult, type CoverageSettings } from "../../experiments/index.ts";
import { writeOutput } from "../inputs/files.ts";
import { settingDifferences, type ExperimentFolder, type ExperimentIdentity, type ExperimentKind } from "./experiment-folder.ts";

/** What a folder of `experiment coverage` is of. Data sets, presets and variants may be added by further commands. */
export interface CoverageIdentity extends CoverageSettings, ExperimentIdentity {
  experiment: "coverage";
}

export type CoverageFolder = ExperimentFolder<CoverageIdentity, CoverageResult>;

export const coverageKind: ExperimentKind<CoverageIdentity, CoverageResult> = {
  name: "coverage",
  fits: ({ rows, rate, completions, level, scale }) => [rows, rate, completions, level, scale].every((value) => typeof value === "number"),
  differences(there, here) {
    const flat = ({ rows, rate, completions, level, scale }: CoverageIdentity): Map<string, unknown> => new Map(Object.entries({ rows, rate, completions, level, scale }));
    const variants = Object.keys(here.variants ?? {}).filter((name) => there.variants?.[name]);
    const own = (identity: CoverageIdentity): Map<string, unknown> => new Map(variants.map((name) => [name, identity.variants![name]]));
    return [...settingDifferences(flat(there), flat(here)), ...settingDifferences(own(there), own(here))];
  },
  joined: (there, here) => ({ ...there, command: here.command, ...((there.variants ?? here.variants) && { variants: { ...there.variants, ...here.variants } }) }),
  parse: parseCoverageResults,
};

/** Writes FILE and FILE's name with .csv. Returns the report. */
export async function writeCoverageReport(path: string, { identity, results }: CoverageFolder): Promise<string> {
  const report = coverageReport(identity, results, identity.command);
  await writeOutput(join(dirname(path), `${basename(path, extname(path))}.csv`), coverageCsv(results));
  await writeOutput(path, report);
  return report;
}
