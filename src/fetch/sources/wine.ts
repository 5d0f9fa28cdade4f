import type { Source } from "../source.ts";

export const wine: Source = {
  name: "wine",
  title: "Wine recognition",
  home: "https://archive.ics.uci.edu/dataset/109/wine",
  licence: "CC BY 4.0",
  citation: "Aeberhard, S. and Forina, M. (1992). Wine. UCI Machine Learning Repository. doi:10.24432/C5PC7J",
  files: [
    // several public projects state both checksums
    {
      file: "wine.zip",
      url: "https://archive.ics.uci.edu/static/public/109/wine.zip",
      sha256: "2bae62c4481220623579d4c4fb36b55652b6b75e06e49fa1981b8198362dfdab",
      bytes: null,
    },
  ],
  blocks: [
    [{ file: "wine.zip", member: "wine.data", sha256: "6be6b1203f3d51df0b553a70e57b8a723cd405683958204f96d23d7cd6aea659" }],
  ],
  layout: { delimiter: "," },
  rows: 178,
  targets: 1,
  columns: [
    ["alcohol", 11.03, 14.83], ["malic_acid", 0.74, 5.8], ["ash", 1.36, 3.23], ["alcalinity_of_ash", 10.6, 30], ["magnesium", 70, 162],
    ["total_phenols", 0.98, 3.88], ["flavanoids", 0.34, 5.08], ["nonflavanoid_phenols", 0.13, 0.66], ["proanthocyanins", 0.41, 3.58],
    ["color_intensity", 1.28, 13], ["hue", 0.48, 1.71], ["od280_od315", 1.27, 4], ["proline", 278, 1680], ["class", 0, 2],
  ],
  // the class comes first there, counted from 1
  order: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0],
  add: { class: -1 },
};
