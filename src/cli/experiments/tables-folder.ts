import { parseTableResults, type TableResult, type TablesSettings } from "../../experiments/index.ts";
import { settingDifferences, type ExperimentFolder, type ExperimentIdentity, type ExperimentKind } from "./experiment-folder.ts";

/** What a folder of `experiment tables` is of. Tables, folds, presets, variants and seeds may be added by further commands. */
export interface TablesIdentity extends TablesSettings, ExperimentIdentity {
  experiment: "tables";
  /** A hash of each table with its splits. */
  contents: Readonly<Record<string, string>>;
}

export type TablesFolder = ExperimentFolder<TablesIdentity, TableResult>;

export const tablesKind: ExperimentKind<TablesIdentity, TableResult> = {
  name: "tables",
  fits: ({ tables, contents }) => typeof tables === "object" && typeof contents === "object",
  differences(there, here) {
    const flat = ({ draws, scale }: TablesIdentity): Map<string, unknown> => new Map(Object.entries({ draws, scale }));
    const shared = Object.keys(here.tables).filter((name) => there.tables[name]);
    const variants = Object.keys(here.variants ?? {}).filter((name) => there.variants?.[name]);
    return [
      ...settingDifferences(flat(there), flat(here)),
      ...settingDifferences(new Map(variants.map((name) => [name, there.variants![name]])), new Map(variants.map((name) => [name, here.variants![name]]))),
      ...shared.flatMap((name) => settingDifferences(new Map(Object.entries(there.tables[name])), new Map(Object.entries(here.tables[name]))).map((text) => `${name}, ${text}`)),
      ...shared.filter((name) => there.contents[name] !== here.contents[name]).map((name) => `${name}: another table or other splits`),
    ];
  },
  joined: (there, here) => ({
    ...there,
    tables: { ...there.tables, ...here.tables },
    contents: { ...there.contents, ...here.contents },
    ...((there.variants ?? here.variants) && { variants: { ...there.variants, ...here.variants } }),
  }),
  parse: (text, source) => parseTableResults(text, source),
};
