import type { Source } from "../source.ts";

export const diabetes: Source = {
  name: "diabetes",
  title: "Diabetes (Efron et al. 2004)",
  home: "https://scikit-learn.org/1.2/modules/generated/sklearn.datasets.load_diabetes.html",
  licence: "code BSD-3-Clause; data freely distributed",
  citation: "Efron, B., Hastie, T., Johnstone, I. and Tibshirani, R. (2004). Least angle regression. Annals of Statistics 32, 407-499.",
  files: [
    // of scikit-learn 1.2.1; Debian packs the gzip files anew, so only their content's checksum is known
    {
      file: "diabetes_data_raw.csv.gz",
      url: "https://raw.githubusercontent.com/scikit-learn/scikit-learn/1.2.1/sklearn/datasets/data/diabetes_data_raw.csv.gz",
      sha256: null,
      bytes: 7_105,
    },
    {
      file: "diabetes_target.csv.gz",
      url: "https://raw.githubusercontent.com/scikit-learn/scikit-learn/1.2.1/sklearn/datasets/data/diabetes_target.csv.gz",
      sha256: null,
      bytes: 1_050,
    },
  ],
  blocks: [
    [
      { file: "diabetes_data_raw.csv.gz", sha256: "ec2683754c379fdffc39f53922c475eff67e2fb9c94c7c27207b7c4371d51726" },
      { file: "diabetes_target.csv.gz", sha256: "244713a551f62a291a354212d8a048adec6cb1244b2bc44e66a0698f5006d26d" },
    ],
  ],
  layout: { delimiter: "whitespace" },
  rows: 442,
  targets: 1,
  columns: [
    ["age", -0.107225632, 0.110726675], ["sex", -0.0446416365, 0.0506801187], ["bmi", -0.0902752959, 0.170555226], ["bp", -0.112398803, 0.132043617],
    ["s1", -0.12678067, 0.153913713], ["s2", -0.115613066, 0.19878799], ["s3", -0.102307051, 0.18117906], ["s4", -0.0763945038, 0.185234443],
    ["s5", -0.126097121, 0.133597282], ["s6", -0.137767226, 0.135611831], ["progression", 25, 346],
  ],
  // as load_diabetes scales them
  unitLength: ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"],
};
