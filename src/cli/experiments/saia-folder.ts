import { parseResults, valuesKnown, type SaiaResult, type SaiaSettings } from "../../experiments/index.ts";
import { settingDifferences, type ExperimentFolder, type ExperimentIdentity, type ExperimentKind } from "./experiment-folder.ts";

/** What makes two experiments the same, besides their settings. */
export interface SaiaIdentity extends SaiaSettings, ExperimentIdentity {
  table: string;
  splits: string;
  schema: string;
  /** Of pictures, how they were read and modelled, by option. */
  pictures?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

export type SaiaFolder = ExperimentFolder<SaiaIdentity, SaiaResult>;

export const saiaKind: ExperimentKind<SaiaIdentity, SaiaResult> = {
  name: "saia",
  fits: ({ features }) => Array.isArray(features),
  differences: (there, here) => settingDifferences(flat(there), flat(here), { table: "other data", features: "other columns or pixels", splits: "other splits", schema: "other columns or types" }),
  joined: (there) => there,
  parse: parseResults,
};

function flat(identity: SaiaIdentity): Map<string, unknown> {
  const { command: _, schedule, pictures = {}, ...others } = identity;
  // folders of earlier versions do not say how many values come at once
  const own = "each preset's own";
  return new Map(Object.entries({ atOnce: 1, ...others, steps: valuesKnown(identity).length - 1, marginalSteps: own, viSteps: own, hmcSteps: own, batch: own, ...schedule, ...pictures }));
}
