import { foldIn, keyFromSeed, normal, uniform, type Key } from "../../math/key.ts";
import { sigmoid } from "../../math/special.ts";

/** What is true of every made-up data set: y = intercept + sum slope * term + N(0, 1). */
export const truth = { intercept: 1, w: 0.5, x: 0.8, group: 0.6 } as const;

/** Terms of the regression after the intercept; w is always known, x and group are not. */
export const terms = ["w", "x", "group"] as const;
export type Term = (typeof terms)[number];

/** How x and group hang on w: x = slope w + N(0, 1 - slope^2), P(group = 1) = sigmoid(groupSlope w). */
const [slopeOfX, groupSlope] = [0.5, 0.7] as const;
/** How much the log-odds of a hole rise with y - E y, for x, and with w, for group. */
const [holesByY, holesByW] = [0.6, 0.8] as const;

/** Rows of w, x, group (0 or 1) and y, complete, and which of x and group are known. */
export interface DataSet {
  readonly rows: number;
  readonly w: Float64Array;
  readonly x: Float64Array;
  readonly group: Uint8Array;
  readonly y: Float64Array;
  readonly knownX: Uint8Array;
  readonly knownGroup: Uint8Array;
}

export interface DataSetOptions {
  rows: number;
  /** Expected share of holes in x and in group. */
  rate: number;
}

/** Tags of the keys derived from a data set's number. */
const keys = { normals: 1, uniforms: 2, truth: 3 } as const;

/** Data set `number`. Values are missing at random: whether x is known depends on y, whether group is on w, both of which are always known. */
export function drawDataSet(number: number, { rows, rate }: DataSetOptions): DataSet {
  const key = keyFromSeed(number);
  const [z, u] = [normal(foldIn(key, keys.normals), 3 * rows), uniform(foldIn(key, keys.uniforms), 3 * rows)];
  const [w, x, y] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
  const [group, knownX, knownGroup] = [new Uint8Array(rows), new Uint8Array(rows), new Uint8Array(rows)];
  for (let r = 0; r < rows; r++) {
    w[r] = z[3 * r];
    x[r] = slopeOfX * w[r] + Math.sqrt(1 - slopeOfX ** 2) * z[3 * r + 1];
    group[r] = Number(u[3 * r] < sigmoid(groupSlope * w[r]));
    y[r] = truth.intercept + truth.w * w[r] + truth.x * x[r] + truth.group * group[r] + z[3 * r + 2];
  }
  const [byY, byW] = [y.map((value) => holesByY * value), w.map((value) => holesByW * value)];
  const [shiftX, shiftGroup] = [shiftFor(byY, rate), shiftFor(byW, rate)];
  for (let r = 0; r < rows; r++) {
    knownX[r] = Number(u[3 * r + 1] >= sigmoid(byY[r] + shiftX));
    knownGroup[r] = Number(u[3 * r + 2] >= sigmoid(byW[r] + shiftGroup));
  }
  return { rows, w, x, group, y, knownX, knownGroup };
}

/** The shift s at which the mean of sigmoid(value + s) is the rate. */
function shiftFor(values: Float64Array, rate: number): number {
  let [low, high] = [-50, 50];
  for (let step = 0; step < 60; step++) {
    const middle = 0.5 * (low + high);
    if (values.reduce((sum, value) => sum + sigmoid(value + middle), 0) < rate * values.length) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}

/** The data set as CSV, as an analyst would have it: holes are empty, the groups are called a and b. */
export function dataSetCsv({ rows, w, x, group, y, knownX, knownGroup }: DataSet): string {
  const lines = Array.from({ length: rows }, (_, r) => [w[r].toFixed(6), knownX[r] ? x[r].toFixed(6) : "", knownGroup[r] ? "ab"[group[r]] : "", y[r].toFixed(6)].join(","));
  return `w,x,group,y\n${lines.join("\n")}\n`;
}

/** x and group of a completed data set. */
export type Completed = Pick<DataSet, "x" | "group">;

/** Completed data sets by the model that the data come from, its parameters known: what no imputation can be better than. */
export function completeByTruth(data: DataSet, completions: number, number: number): Completed[] {
  const key = foldIn(keyFromSeed(number), keys.truth);
  return Array.from({ length: completions }, (_, m) => completeOnce(data, foldIn(key, m)));
}

function completeOnce({ rows, w, x, group, y, knownX, knownGroup }: DataSet, key: Key): Completed {
  const [z, u] = [normal(key, rows), uniform(key, rows, 1)];
  const own = { x: x.slice(), group: group.slice() };
  const spread = 1 - slopeOfX ** 2;
  for (let r = 0; r < rows; r++) {
    const base = truth.intercept + truth.w * w[r];
    if (!knownGroup[r]) {
      // log p(y | group) up to a constant: x known, or integrated out
      const [mean, variance] = knownX[r] ? [base + truth.x * x[r], 1] : [base + truth.x * slopeOfX * w[r], 1 + truth.x ** 2 * spread];
      const logOdds = groupSlope * w[r] + ((y[r] - mean) ** 2 - (y[r] - mean - truth.group) ** 2) / (2 * variance);
      own.group[r] = Number(u[r] < sigmoid(logOdds));
    }
    if (!knownX[r]) {
      // N(slope w, spread) times N(y | ... + truth.x x, 1)
      const variance = 1 / (1 / spread + truth.x ** 2);
      const mean = variance * ((slopeOfX * w[r]) / spread + truth.x * (y[r] - base - truth.group * own.group[r]));
      own.x[r] = mean + Math.sqrt(variance) * z[r];
    }
  }
  return own;
}
