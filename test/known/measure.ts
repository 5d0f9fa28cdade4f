import { acquire } from "../../src/acquisition/index.ts";
import { selectRows, type Table } from "../../src/data/index.ts";
import { keyFromSeed } from "../../src/math/key.ts";
import { mean, standardError } from "../../src/math/statistics.ts";
import type { KnownRows, Model, ModelPart } from "../../src/model/index.ts";
import { codeRows, exactCoded, knownOf, placeOf } from "./code-rows.ts";
import { exact, exactInformation, exactLogProb, type Truth, type TruthRows } from "./truth.ts";

/** What a model of a table with known answers gets right. Nats; cells and rows are fresh ones. */
export interface KnownMeasures {
  /** Lost per hidden cell, and on the target, against the truth. */
  lossPerCell: number;
  targetLoss: number;
  coverage50: number;
  coverage90: number;
  /** Of two hidden cells of a row given all else: the model's and the exact correlation, for the pairs ab, ad, bd. */
  correlations: { pair: string; model: number; exact: number }[];
  /** Mean information of a hidden value about the target in rows with at least two of them. */
  claimed: number;
  exactInformation: number;
  /** Rows whose first choice is the best, of how many, and the mean information forgone. */
  right: number;
  ranked: number;
  regret: number;
  /** Of first choices: what was claimed, by how much log p(y) rose once they were told, and the standard error of the mean difference. */
  claimedFirst: number;
  realisedFirst: number;
  differenceError: number;
}

export const known = ({ rows, x, observedX }: Table): KnownRows => ({ rows, x, observed: observedX });

export async function measureKnown(model: Model, truth: Truth, test: TruthRows, draws: number, part?: ModelPart): Promise<KnownMeasures> {
  const { schema } = model;
  const everything = { ...test, observed: new Uint8Array(test.observed.length).fill(1) };
  const [fresh, complete] = [codeRows(truth, test, schema).table, codeRows(truth, everything, schema).table];
  const features = schema.columns.filter(({ role }) => role === "feature");
  const d = features.length;
  const target = schema.columns.find(({ role }) => role === "target")!;

  const scores = await model.evaluate(complete, fresh.observedX, { draws, part });
  const cells: number[] = [];
  for (let r = 0; r < test.rows; r++) features.forEach((column, j) => fresh.observedX[r * d + j] !== 1 && cells.push(exactCoded(truth, test, r, column)));
  const ofTarget = Array.from({ length: test.rows }, (_, r) => exactLogProb(truth, knownOf(truth, test, r), placeOf(truth, "y"), test.numbers[r * truth.names.length + placeOf(truth, "y")]) + Math.log(target.std!));

  const correlations = [];
  for (const [first, second] of [["a", "b"], ["a", "d"], ["b", "d"]]) correlations.push(await hiddenCorrelation(model, truth, everything, complete, [first, second]));

  const rows = Array.from({ length: test.rows }, (_, r) => r).filter((r) => features.filter((_, j) => fresh.observedX[r * d + j] !== 1).length >= 2).slice(0, 60);
  const [own, whole] = [selectRows(fresh, rows), selectRows(complete, rows)];
  const rankings = await acquire(model.conditional(), known(own), { draws: 1000, seed: 1 });
  const [claimed, information, regrets]: number[][] = [[], [], []];
  let right = 0;
  rankings.forEach(({ candidates }, i) => {
    const given = knownOf(truth, test, rows[i]);
    const each = candidates.map(({ name }) => exactInformation(truth, given, placeOf(truth, name)));
    claimed.push(...candidates.map(({ gain }) => gain));
    information.push(...each);
    right += Number(each[0] === Math.max(...each));
    regrets.push(Math.max(...each) - each[0]);
  });
  const session = await model.conditional().open({ rows: rows.length, draws });
  const before = await (await session.draw(known(own), keyFromSeed(4), { joint: false })).logLikelihood(whole.y);
  const told = { rows: rows.length, x: own.x.slice(), observed: own.observedX.slice() };
  rankings.forEach(({ candidates: [{ column }] }, i) => ([told.x[i * d + column], told.observed[i * d + column]] = [whole.x[i * d + column], 1]));
  const after = await (await session.draw(told, keyFromSeed(5), { joint: false })).logLikelihood(whole.y);
  session.destroy();
  const rises = rankings.map((_, i) => after[i] - before[i]);
  const firsts = rankings.map(({ candidates: [{ gain }] }) => gain);
  return {
    lossPerCell: mean(cells) - scores.ll_xu_per_feature, targetLoss: mean(ofTarget) - scores.ll_y, coverage50: scores.coverage_50!, coverage90: scores.coverage_90!, correlations,
    claimed: mean(claimed), exactInformation: mean(information), right, ranked: rows.length, regret: mean(regrets),
    claimedFirst: mean(firsts), realisedFirst: mean(rises), differenceError: standardError(rises.map((rise, i) => rise - firsts[i])),
  };
}

/** The correlation of completions of two hidden cells within rows, all else known, beside the exact one. */
export async function hiddenCorrelation(model: Model, truth: Truth, everything: TruthRows, complete: Table, pair: readonly [string, string] | string[]): Promise<KnownMeasures["correlations"][number]> {
  const features = model.schema.columns.filter(({ role }) => role === "feature");
  const d = features.length;
  const places = pair.map((name) => features.findIndex((column) => column.name === name));
  const rows = Array.from({ length: 60 }, (_, r) => r);
  const holes = selectRows(complete, rows);
  for (const r of rows) for (const j of places) holes.x[r * d + j] = holes.observedX[r * d + j] = 0;
  const { cells, completed: draws } = await model.impute(holes, { draws: 50, completions: 40 });
  const ofRow: number[][][] = [];
  cells.forEach(({ row, column }, i) => ((ofRow[row] ??= [])[places.indexOf(column)] = draws.map((own) => own[i])));
  const sums = { xy: 0, xx: 0, yy: 0, exactXy: 0, exactXx: 0, exactYy: 0 };
  for (const r of rows) {
    const [x, y] = ofRow[r];
    x.forEach((value, c) => {
      sums.xy += (value - mean(x)) * (y[c] - mean(y));
      sums.xx += (value - mean(x)) ** 2;
      sums.yy += (y[c] - mean(y)) ** 2;
    });
    // the target is known to the imputation
    const given = knownOf(truth, everything, r, true).map((value, i) => (pair.some((name) => placeOf(truth, name) === i) ? undefined : value));
    const { covariance } = exact(truth, given);
    sums.exactXy += covariance[1];
    sums.exactXx += covariance[0];
    sums.exactYy += covariance[3];
  }
  return { pair: pair.join(""), model: sums.xy / Math.sqrt(sums.xx * sums.yy), exact: sums.exactXy / Math.sqrt(sums.exactXx * sums.exactYy) };
}
