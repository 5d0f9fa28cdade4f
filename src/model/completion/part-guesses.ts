import { codeValue, decodeValue, type Column } from "../../data/index.ts";
import { isNumber, type MixedColumn } from "../../likelihood/mixed.ts";
import { keyFromSeed } from "../../math/key.ts";
import { logAddExp, logSumExp } from "../../math/special.ts";
import { numberLaw } from "../answers/number-law.ts";
import { codedMean } from "../answers/predictive.ts";
import { emptyTold, tellCell, type ToldCells } from "../calibration/told-cells.ts";
import { logProbs } from "../gaussians/log-probs.ts";
import type { Gaussians } from "../gaussians/gaussians.ts";
import { entriesOf } from "../gaussians/row-draws.ts";
import type { LatentNetworks } from "../latent/networks.ts";
import { LatentPosterior } from "../latent/posterior/latent-posterior.ts";
import { cellDraws } from "../posterior/entry-draws.ts";
import { entriesByRows } from "../posterior/posterior.ts";
import type { CompletionNetwork } from "./completion-network.ts";
import type { CompletionGuess } from "./guess.ts";
import type { Guesses, HeldBack } from "./held-back.ts";

/** Draws per row of the latent variable model. */
const draws = 50;

/** Guesses of the rows held back, and what their distributions say of the truths. columns: features and then targets. */
export interface PartGuesses extends Guesses {
  readonly told: ToldCells;
}

/** What the completion network says of the rows held back, at a temperature of its logits. */
export async function completionTold({ shape }: CompletionNetwork, looker: CompletionGuess, temperature: number, columns: readonly Column[], heldBack: HeldBack): Promise<ToldCells> {
  const width = shape.columns.length;
  const told = emptyTold(heldBack.rows * width);
  const { draws: own, theta } = await looker.thetas(temperature);
  const each = theta.length / heldBack.rows;
  for (let i = 0; i < heldBack.rows * width; i++) {
    if (heldBack.scored[i] !== 1) continue;
    const [row, j] = [Math.floor(i / width), i % width];
    tellCell(told, i, [{ theta: theta.subarray(row * each, (row + 1) * each), draws: own, at: j, columns: width, mixed: shape.columns[j], variance: 1 }], columns[j], heldBack.truth(row, j));
  }
  return told;
}

/** What the latent variable model says of the rows held back. */
export async function latentGuesses(networks: LatentNetworks, columns: readonly Column[], heldBack: HeldBack, signal?: AbortSignal): Promise<PartGuesses> {
  const { rows, features: d, targets: p } = heldBack;
  const guesses = { mean: new Float64Array(rows * (d + p)), logProb: new Float64Array(rows * (d + p)), joint: new Float64Array(rows), told: emptyTold(rows * (d + p)) };
  const posterior = await LatentPosterior.openEntries(networks, { rows, draws });
  try {
    for await (const sample of entriesByRows(posterior, heldBack, { rows, x: heldBack.x, observed: heldBack.shown, truthX: heldBack.x, truthY: heldBack.y }, keyFromSeed(2), signal)) {
      for (let r = 0; r < sample.rows; r++) {
        const together = new Float64Array(draws);
        for (let j = 0; j < d + p; j++) {
          const i = (sample.firstRow + r) * (d + p) + j;
          if (heldBack.scored[i] !== 1) continue;
          const [of, at, width, logProb] = j < d ? (["features", j, d, sample.logProbX] as const) : (["targets", j - d, p, sample.logProbY] as const);
          const cell = cellDraws(sample, of, r, at);
          if (isNumber(cell[0].mixed)) guesses.mean[i] = codedMean(cell);
          tellCell(guesses.told, i, cell, columns[j], heldBack.truth(sample.firstRow + r, j));
          const perDraw = Array.from({ length: draws }, (_, s) => logProb[(r * draws + s) * width + at]);
          perDraw.forEach((own, s) => (together[s] += own));
          guesses.logProb[i] = logSumExp(perDraw) - Math.log(draws);
        }
        guesses.joint[sample.firstRow + r] = logSumExp(together) - Math.log(draws);
      }
    }
  } finally {
    posterior.destroy();
  }
  return guesses;
}

/** log of how much of the coded scale is nearest to a count, whose probability other parts give; 0 for other columns. */
function logWidthOfCount({ kind, scale }: MixedColumn, coded: number): number {
  if (kind !== "count") return 0;
  const column = { type: "count", ...scale! } as const;
  const k = decodeValue(column, coded);
  return Math.log(codeValue(column, k + 0.5) - codeValue(column, k - 0.5));
}

/** What the mixture of Gaussians says of the rows held back. */
export function gaussianGuesses(gaussians: Gaussians, of: readonly Column[], heldBack: HeldBack): PartGuesses {
  const { rows, features: d, targets: p } = heldBack;
  const { density, params, shape } = gaussians;
  const columns = d + p;
  const guesses = { mean: new Float64Array(rows * columns), logProb: new Float64Array(rows * columns).fill(-Infinity), joint: new Float64Array(rows), told: emptyTold(rows * columns) };
  const theta = new Float32Array(columns * params);
  const laws = shape.columns.map((column) => (isNumber(column) ? numberLaw(column, 1) : undefined));
  for (let row = 0; row < rows; row++) {
    const { x, observed } = entriesOf({ x: heldBack.x, observed: heldBack.shown }, row, d, p);
    const truth = entriesOf({ x: heldBack.x, observed: heldBack.shown, y: heldBack.y }, row, d, p).x;
    const conditional = density.condition(x, observed);
    const isScored = (j: number): boolean => heldBack.scored[row * columns + j] === 1;
    const all = density.condition(truth, observed.map((seen, j) => Number(seen === 1 || isScored(j))));
    guesses.joint[row] = all.logDensity - conditional.logDensity + shape.columns.reduce((total, column, j) => total + (isScored(j) ? logWidthOfCount(column, truth[j]) : 0), 0);
    for (let part = 0; part < density.parts; part++) {
      const logWeight = conditional.logWeights[part];
      if (logWeight < -40) continue;
      gaussians.writeTheta(conditional, part, theta, 0);
      const logProb = logProbs(gaussians, theta, truth);
      for (let j = 0; j < columns; j++) {
        const i = row * columns + j;
        if (heldBack.scored[i] !== 1) continue;
        const law = laws[j];
        // of a count its median
        if (law) guesses.mean[i] += Math.exp(logWeight) * (shape.columns[j].kind === "count" ? theta[j * params] : law.mean(theta, j * params));
        guesses.logProb[i] = logAddExp(guesses.logProb[i], logWeight + logProb[j]);
        tellCell(guesses.told, i, [{ theta, draws: 1, at: j, columns, mixed: shape.columns[j], variance: 1 }], of[j], truth[j], Math.exp(logWeight));
      }
    }
  }
  return guesses;
}
