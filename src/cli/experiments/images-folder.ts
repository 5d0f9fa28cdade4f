import { parseTableResults, type TableResult } from "../../experiments/index.ts";
import { settingDifferences, type ExperimentFolder, type ExperimentIdentity, type ExperimentKind } from "./experiment-folder.ts";

/** What a folder of `experiment images` is of. Presets and seeds may be added by further commands. */
export interface ImagesIdentity extends ExperimentIdentity {
  experiment: "images";
  /** What the set of pictures is called. */
  name: string;
  /** "12000 of 28 x 28", "100" */
  training: string;
  test: number;
  /** Everything that makes results comparable, by its option. */
  settings: Readonly<Record<string, string | number>>;
  /** Hashes of the pictures. */
  contents: string;
}

export type ImagesFolder = ExperimentFolder<ImagesIdentity, TableResult>;

export const imagesKind: ExperimentKind<ImagesIdentity, TableResult> = {
  name: "images",
  fits: ({ settings, name }) => typeof settings === "object" && typeof name === "string",
  differences: (there, here) => {
    const flat = ({ settings, name, contents }: ImagesIdentity): Map<string, unknown> => new Map<string, unknown>([...Object.entries(settings), ["name", name], ["contents", contents]]);
    return settingDifferences(flat(there), flat(here), { contents: "other pictures" });
  },
  joined: (there) => there,
  parse: (text, source) => parseTableResults(text, source),
};
