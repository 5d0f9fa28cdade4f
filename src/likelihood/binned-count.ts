import { add, log } from "../autodiff/index.ts";
import { binned } from "./binned.ts";
import { wholeCoded, wholeWidth } from "./count.ts";
import type { Likelihood } from "./likelihood.ts";

/** A count by its bin, whose borders lie between whole numbers: the density times the width that is nearest to the number, a probability. */
export const binnedCount: Likelihood = {
  ...binned,
  kind: "binnedCount",
  logProb: (theta, x, options) => add(binned.logProb(theta, x, options), log(wholeWidth(x, options.scale!))),
  sample: (theta, key, options) => wholeCoded(binned.sample(theta, key, options), options.scale!),
};
