import { parseResults, type SaiaResult, type SaiaSettings } from "../experiments/index.ts";
import { settingDifferences, type ExperimentFolder, type ExperimentIdentity, type ExperimentKind } from "./experiment-folder.ts";

/** What makes two experiments the same, besides their settings. */
export interface SaiaIdentity extends SaiaSettings, ExperimentIdentity {
  table: string;
  splits: string;
  schema: string;
}

export type SaiaFolder = ExperimentFolder<SaiaIdentity, SaiaResult>;

export const saiaKind: ExperimentKind<SaiaIdentity, SaiaResult> = {
  name: "saia",
  fits: ({ features }) => Array.isArray(features),
  differences: (there, here) => settingDifferences(flat(there), flat(here), { table: "another table", splits: "other splits", schema: "other columns or types" }),
  joined: (there) => there,
  parse: (text, source, { features }) => parseResults(text, source, features.length),
};

function flat(identity: SaiaIdentity): Map<string, unknown> {
  return new Map(
    Object.entries(identity)
      .filter(([name]) => name !== "command")
      .flatMap(([name, value]) => (name === "schedule" ? Object.entries(value as object) : [[name, value] as [string, unknown]])),
  );
}
