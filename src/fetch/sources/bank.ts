import type { Source } from "../source.ts";

export const bank: Source = {
  name: "bank",
  title: "Bank marketing (bank-additional-full)",
  home: "https://archive.ics.uci.edu/dataset/222/bank+marketing",
  licence: "CC BY 4.0",
  citation: "Moro, S., Cortez, P. and Rita, P. (2014). A data-driven approach to predict the success of bank telemarketing. Decision Support Systems 62, 22-31. doi:10.24432/C5K306",
  files: [
    // holds bank-additional.zip, which holds the table; several public projects state both checksums, and the text, put together again from the reference values, has its own
    {
      file: "bank.zip",
      url: "https://archive.ics.uci.edu/static/public/222/bank+marketing.zip",
      sha256: "e0bf5f5de5b846e2f18e9d90606637267d46dfa260e0f17bb12e605db5efbeb4",
      bytes: null,
    },
  ],
  blocks: [
    [{ file: "bank.zip", member: "bank-additional-full.csv", sha256: "74adfc578bf77a7ff4bb1ba4a9f8709d9e3c6907342959c2c8416847e0afb4d8" }],
  ],
  layout: {
    delimiter: ";",
    header: ["age", "job", "marital", "education", "default", "housing", "loan", "contact", "month", "day_of_week", "duration", "campaign", "pdays", "previous", "poutcome", "emp.var.rate", "cons.price.idx", "cons.conf.idx", "euribor3m", "nr.employed", "y"],
  },
  rows: 41_188,
  targets: 1,
  columns: [
    ["age", 17, 98], ["job", 12], ["marital", 4], ["education", 8], ["default", 3], ["housing", 3], ["loan", 3], ["contact", 2], ["month", 10],
    ["day_of_week", 5], ["duration", 0, 4918], ["campaign", 1, 56], ["pdays", 0, 999], ["previous", 0, 7], ["poutcome", 3],
    ["emp_var_rate", -3.4, 1.4], ["cons_price_idx", 92.201, 94.767], ["cons_conf_idx", -50.8, -26.9], ["euribor3m", 0.634, 5.045],
    ["nr_employed", 4963.6, 5228.1], ["y", 2],
  ],
};
