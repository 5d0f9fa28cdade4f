import type { Source } from "../source.ts";

export const yacht: Source = {
  name: "yacht",
  title: "Yacht hydrodynamics",
  home: "https://archive.ics.uci.edu/dataset/243/yacht+hydrodynamics",
  licence: "CC BY 4.0",
  citation: "Gerritsma, J., Onnink, R. and Versluis, A. (1981). Yacht Hydrodynamics. UCI Machine Learning Repository. doi:10.24432/C5XG7R",
  note: "308 rows; the authors' code loses the first",
  files: [
    // several public projects state both checksums
    {
      file: "yacht.zip",
      url: "https://archive.ics.uci.edu/static/public/243/yacht+hydrodynamics.zip",
      sha256: "aa52b68f88c4bb552187a53ef4c5753fa178f6a36035a3771c5bc04e078487ac",
      bytes: null,
    },
  ],
  blocks: [
    [{ file: "yacht.zip", member: "yacht_hydrodynamics.data", sha256: "00dfecc0fc01ddd4c90b558a3ac11b246df8ebcfea130724223475a9a67f0ea1" }],
  ],
  layout: { delimiter: "whitespace" },
  rows: 308,
  targets: 1,
  columns: [
    ["longitudinal_position", -5, 0], ["prismatic_coefficient", 0.53, 0.6], ["length_displacement_ratio", 4.34, 5.14],
    ["beam_draught_ratio", 2.81, 5.35], ["length_beam_ratio", 2.73, 3.64], ["froude_number", 0.125, 0.45], ["residuary_resistance", 0.01, 62.42],
  ],
};
