import type { ConditionalSampler, JointDraws, KnownRows, TargetCells } from "../model/index.ts";
import { gaussLegendre } from "../math/quadrature.ts";
import { quantileOfSorted } from "../math/statistics.ts";
import type { RewardTable } from "./api.ts";

/** Values of each candidate that the model is asked about, and the joint cells of the targets, about. */
const [valuesAsked, jointCells] = [16, 32];
/** Where among a number's draws, in order, the values stand, and what each counts: Gauss and Legendre's rule, by which few values do for smooth answers. */
const rule = gaussLegendre(valuesAsked);

/**
 * What every unknown value tells of the targets: I(x_i; y | x_O) = E over x_i of KL(p(y | x_O, x_i) || p(y | x_O)), by what the model would say if it were told x_i, over values that
 * stand for its own draws of x_i: quantiles of a number, all levels of others. The targets are counted in cells that are about equally probable now. Claims are thus
 * what the model's later answers make true, in the mean, if it is right about x_i. Throws RangeError for a sampler that cannot be asked.
 */
export async function toldInformation(joint: JointDraws, known: KnownRows, { features, targets }: ConditionalSampler, interval: number): Promise<RewardTable> {
  if (!joint.toldMasses) throw new RangeError('[acquire] this model cannot say what it would answer once it is told a value; use the estimator "paper".');
  const { rows, draws } = joint;
  const [d, p] = [features.length, targets.length];
  const [x, y] = await Promise.all([joint.x.read(), joint.y.read()]);
  const values = new Float32Array(rows * d * valuesAsked);
  const weights = new Float64Array(rows * d * valuesAsked);
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < d; j++) {
      if (known.observed[r * d + j] === 1) continue;
      const own = drawsOf(x, r, draws, d, j);
      const at = (r * d + j) * valuesAsked;
      const { levels } = features[j];
      if (levels > 1 && levels <= valuesAsked) {
        for (let level = 0; level < levels; level++) values[at + level] = level;
        for (const level of own) weights[at + level] += 1 / draws;
        continue;
      }
      own.sort();
      for (let t = 0; t < valuesAsked; t++) {
        // a value that was drawn: a level, or a number that occurs
        values[at + t] = own[Math.floor(rule.places[t] * draws)];
        weights[at + t] = rule.weights[t];
      }
    }
  }
  // of several targets fewer cells each
  const numbers = targets.filter(({ levels }) => levels === 1).length;
  const under = borderLevels(p === 1 ? jointCells + 4 : Math.max(2, Math.floor((4 * jointCells) ** (1 / Math.max(1, numbers)))));
  const each = under.length + 1;
  const sorted = targets.map((_, q) => Array.from({ length: rows }, (_, r) => drawsOf(y, r, draws, p, q).sort()));
  const cells = targets.map(({ levels }, q): TargetCells => {
    if (levels > 1) return { count: levels };
    const borders = Float64Array.from({ length: rows * (each - 1) }, (_, i) => {
      const own = sorted[q][Math.floor(i / (each - 1))];
      return quantileOfSorted(own, under[i % (each - 1)]);
    });
    return { count: each, borders };
  });
  const masses = await joint.toldMasses({ values, count: valuesAsked, cells });
  const g = cells.reduce((product, { count }) => product * count, 1);
  const at = targets.findIndex(({ levels }) => levels === 1);
  const table = { gain: new Float64Array(rows * d), standardError: new Float64Array(rows * d), ...(at >= 0 && { expectedWidth: new Float64Array(rows * d) }) };
  for (let r = 0; r < rows; r++) {
    const widthOf = at < 0 ? undefined : widths(cells, at, r, sorted[at][r], targets[at].units ?? ((value) => value), interval);
    for (let j = 0; j < d; j++) {
      if (known.observed[r * d + j] === 1) continue;
      const i = r * d + j;
      const own = { masses: masses.subarray(i * valuesAsked * g, (i + 1) * valuesAsked * g), weights: weights.subarray(i * valuesAsked, (i + 1) * valuesAsked), cells: g };
      [table.gain[i], table.standardError[i]] = expectedDivergence(own, draws);
      if (widthOf) table.expectedWidth![i] = own.weights.reduce((total, weight, t) => total + (weight > 0 ? weight * widthOf(own.masses, t * g) : 0), 0);
    }
  }
  return table;
}

/** Probabilities beneath the borders of n cells: equally probable ones, of which, where there are enough, the outer two are cut twice more, since what is told may move the target there. */
function borderLevels(n: number): number[] {
  const even = n < 8 ? n : n - 4;
  const inner = Array.from({ length: even - 1 }, (_, i) => (i + 1) / even);
  return even === n ? inner : [1 / (16 * even), 1 / (4 * even), ...inner, 1 - 1 / (4 * even), 1 - 1 / (16 * even)];
}

/** sum_t w_t KL(p_t || sum w p), and the standard error of that mean over so many draws of the value. */
function expectedDivergence({ masses, weights, cells }: { masses: Float64Array; weights: Float64Array; cells: number }, draws: number): [gain: number, standardError: number] {
  const mean = new Float64Array(cells);
  weights.forEach((weight, t) => {
    if (weight > 0) for (let g = 0; g < cells; g++) mean[g] += weight * masses[t * cells + g];
  });
  let [gain, squares] = [0, 0];
  weights.forEach((weight, t) => {
    if (weight === 0) return;
    let divergence = 0;
    for (let g = 0; g < cells; g++) {
      const mass = masses[t * cells + g];
      if (mass > 0) divergence += mass * Math.log(mass / mean[g]);
    }
    gain += weight * divergence;
    squares += weight * divergence * divergence;
  });
  return [gain, Math.sqrt(Math.max(0, squares - gain * gain) / draws)];
}

/** The width of the central interval, in original units, of a target whose cells have the masses that stand at a place. */
function widths(cells: readonly TargetCells[], target: number, row: number, sorted: Float64Array, units: (coded: number) => number, interval: number): (masses: Float64Array, at: number) => number {
  const { count, borders } = cells[target];
  const inner = cells.slice(target + 1).reduce((product, own) => product * own.count, 1);
  const outer = cells.slice(0, target).reduce((product, own) => product * own.count, 1);
  const own = Array.from({ length: count - 1 }, (_, i) => borders![row * (count - 1) + i]);
  const edges = [sorted[0], ...own, sorted[sorted.length - 1]];
  const quantile = (marginal: Float64Array, p: number): number => {
    let before = 0;
    for (let g = 0; g < count; g++) {
      if (before + marginal[g] >= p && marginal[g] > 0) return edges[g] + ((p - before) / marginal[g]) * (edges[g + 1] - edges[g]);
      before += marginal[g];
    }
    return edges[count];
  };
  return (masses, at) => {
    const marginal = new Float64Array(count);
    for (let a = 0; a < outer; a++) for (let g = 0; g < count; g++) for (let b = 0; b < inner; b++) marginal[g] += masses[at + (a * count + g) * inner + b];
    return units(quantile(marginal, (1 + interval) / 2)) - units(quantile(marginal, (1 - interval) / 2));
  };
}

/** One variable's draws of one row. */
function drawsOf(values: Float32Array, row: number, draws: number, width: number, column: number): Float64Array {
  return Float64Array.from({ length: draws }, (_, s) => values[(row * draws + s) * width + column]);
}
