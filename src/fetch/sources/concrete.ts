import type { Source } from "../source.ts";

export const concrete: Source = {
  name: "concrete",
  title: "Concrete compressive strength",
  home: "https://archive.ics.uci.edu/dataset/165/concrete+compressive+strength",
  licence: "CC BY 4.0",
  citation: "Yeh, I-C. (1998). Concrete Compressive Strength. UCI Machine Learning Repository. doi:10.24432/C5PK67",
  note: "UCI's CSV rounds features to one decimal and the strength to two; the workbook in its archive has more",
  files: [
    // public projects state the checksum, and the file, put together again from the reference values, has it; UCI's own text form of Concrete_Data.xls
    {
      file: "concrete.csv",
      url: "https://archive.ics.uci.edu/static/public/165/data.csv",
      sha256: "8d4b15b6fc68cd932d745cbd663d5ceae66dd54422e99c1e4865f2936ab7e2af",
      bytes: 41_472,
    },
  ],
  blocks: [
    [{ file: "concrete.csv", sha256: null }],
  ],
  layout: {
    delimiter: ",",
    header: ["Cement", "Blast Furnace Slag", "Fly Ash", "Water", "Superplasticizer", "Coarse Aggregate", "Fine Aggregate", "Age", "Concrete compressive strength"],
  },
  rows: 1_030,
  targets: 1,
  columns: [
    ["cement", 102, 540], ["blast_furnace_slag", 0, 359.4], ["fly_ash", 0, 200.1], ["water", 121.8, 247], ["superplasticizer", 0, 32.2],
    ["coarse_aggregate", 801, 1145], ["fine_aggregate", 594, 992.6], ["age_days", 1, 365], ["strength_mpa", 2.33, 82.6],
  ],
};
