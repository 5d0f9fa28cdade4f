import type { Source } from "../source.ts";

export const boston: Source = {
  name: "boston",
  title: "Boston housing",
  home: "https://scikit-learn.org/1.1/modules/generated/sklearn.datasets.load_boston.html",
  licence: "code BSD-3-Clause; data public (StatLib)",
  citation: "Harrison, D. and Rubinfeld, D. L. (1978). Hedonic housing prices and the demand for clean air. J. Environ. Economics and Management 5, 81-102.",
  note: "column b was built to measure a presumed effect of race; scikit-learn no longer ships a loader for this table",
  files: [
    // of scikit-learn 1.2.1, as Debian packages it
    {
      file: "boston_house_prices.csv",
      url: "https://raw.githubusercontent.com/scikit-learn/scikit-learn/1.2.1/sklearn/datasets/data/boston_house_prices.csv",
      sha256: "d98212636026544fc9b9c0f372e5f819872e6fa6fa757ab025efdda22180f2d6",
      bytes: 34_742,
    },
  ],
  blocks: [
    [{ file: "boston_house_prices.csv", sha256: null }],
  ],
  layout: { delimiter: ",", skip: 1, header: ["CRIM", "ZN", "INDUS", "CHAS", "NOX", "RM", "AGE", "DIS", "RAD", "TAX", "PTRATIO", "B", "LSTAT", "MEDV"] },
  rows: 506,
  targets: 1,
  columns: [
    ["crim", 0.00632, 88.9762], ["zn", 0, 100], ["indus", 0.46, 27.74], ["chas", 0, 1], ["nox", 0.385, 0.871], ["rm", 3.561, 8.78], ["age", 2.9, 100],
    ["dis", 1.1296, 12.1265], ["rad", 1, 24], ["tax", 187, 711], ["ptratio", 12.6, 22], ["b", 0.32, 396.9], ["lstat", 1.73, 37.97], ["medv", 5, 50],
  ],
};
