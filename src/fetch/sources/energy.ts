import type { Source } from "../source.ts";

export const energy: Source = {
  name: "energy",
  title: "Energy efficiency (ENB2012)",
  home: "https://archive.ics.uci.edu/dataset/242/energy+efficiency",
  licence: "CC BY 4.0",
  citation: "Tsanas, A. and Xifara, A. (2012). Energy Efficiency. UCI Machine Learning Repository. doi:10.24432/C51307",
  note: "UCI's CSV rounds to two decimals; one load of the workbook has three",
  files: [
    // public projects state the checksum, and the file, put together again from the reference values, has it; UCI's own text form of ENB2012_data.xlsx
    {
      file: "energy.csv",
      url: "https://archive.ics.uci.edu/static/public/242/data.csv",
      sha256: "db44dbe453acd464b5cf65be2fb01a28aa9c5b2630300e65fbe28cde35f5d96f",
      bytes: null,
    },
  ],
  blocks: [
    [{ file: "energy.csv", sha256: null }],
  ],
  layout: { delimiter: ",", header: ["X1", "X2", "X3", "X4", "X5", "X6", "X7", "X8", "Y1", "Y2"] },
  rows: 768,
  targets: 2,
  columns: [
    ["relative_compactness", 0.62, 0.98], ["surface_area", 514.5, 808.5], ["wall_area", 245, 416.5], ["roof_area", 110.25, 220.5],
    ["overall_height", 3.5, 7], ["orientation", 2, 5], ["glazing_area", 0, 0.4], ["glazing_area_distribution", 0, 5], ["heating_load", 6.01, 43.1],
    ["cooling_load", 10.9, 48.03],
  ],
};
