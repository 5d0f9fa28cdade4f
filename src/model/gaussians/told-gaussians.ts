import { codeValue, decodeValue } from "../../data/index.ts";
import { logSumExp } from "../../math/special.ts";
import type { TargetCells, ToldQuestion } from "../answers/conditional.ts";
import { atomBelow } from "../answers/number-law.ts";
import { addProduct, cellCount, tabulatedCdf } from "../answers/told-masses.ts";
import type { Gaussians } from "./gaussians.ts";
import { levelAt, type RowConditional } from "./mixture-density.ts";

/**
 * What a mixture of Gaussians says of the targets if one more value is told: [rows, D, T, G], 0 for what is known already. In closed form: the parts' weights by how likely each makes the
 * value, and each part's regression of the targets on it. Several targets are taken as independent within a part once the value is told.
 */
export function toldByGaussians(gaussians: Gaussians, rows: readonly { observed: Float64Array; row: RowConditional }[], { values, count, cells }: ToldQuestion): Float64Array {
  const { shape, density } = gaussians;
  const { features: d } = shape;
  const g = cellCount(cells);
  const result = new Float64Array(rows.length * d * count * g);
  const logWeights = new Float64Array(density.parts);
  const masses = cells.map((own) => new Float64Array(own.count));
  rows.forEach(({ observed, row }, r) => {
    for (let j = 0; j < d; j++) {
      if (observed[j] === 1) continue;
      for (let t = 0; t < count; t++) {
        const at = (r * d + j) * count + t;
        const value = values[at];
        for (let k = 0; k < density.parts; k++) logWeights[k] = row.logWeights[k] + logProbOf(gaussians, row, k, j, value);
        const total = logSumExp(logWeights);
        for (let k = 0; k < density.parts; k++) {
          const weight = Math.exp(logWeights[k] - total);
          if (!(weight > 1e-9)) continue;
          cells.forEach((own, p) => targetMasses(gaussians, row, k, { told: j, value }, d + p, own, r, masses[p]));
          addProduct(masses, weight, result, at * g);
        }
      }
    }
  });
  return result;
}

/** log p(x_j | x_O, part). */
function logProbOf({ shape, places, parameters }: Gaussians, { pattern, mean }: RowConditional, part: number, j: number, value: number): number {
  const number = places.number[j];
  const logLevel = (level: number): number => Math.log(parameters.levels[part * places.levels + places.firstLevel[j] + level]);
  if (number < 0) return logLevel(Math.min(shape.columns[j].kind === "bernoulli" ? 1 : shape.columns[j].levels - 1, Math.max(0, Math.round(value))));
  const atom = levelAt(places, j, value);
  if (atom > 0) return logLevel(atom);
  const { hidden, regressions } = pattern;
  const u = hidden.length;
  const h = hidden.indexOf(number);
  const variance = regressions[part].covariance[h * u + h];
  return (places.firstLevel[j] < 0 ? 0 : logLevel(0)) - 0.5 * ((value - mean[part * u + h]) ** 2 / variance + Math.log(2 * Math.PI * variance));
}

/** The masses of one target's cells in one part, once a value is told. */
function targetMasses({ shape, places, parameters }: Gaussians, { pattern, mean }: RowConditional, part: number, { told, value }: { told: number; value: number }, target: number, { count, borders }: TargetCells, row: number, into: Float64Array): void {
  const number = places.number[target];
  if (number < 0 || !borders) {
    const first = part * places.levels + places.firstLevel[target];
    for (let level = 0; level < count; level++) into[level] = parameters.levels[first + level];
    return;
  }
  const { hidden, regressions } = pattern;
  const { covariance } = regressions[part];
  const u = hidden.length;
  const h = hidden.indexOf(number);
  let centre = mean[part * u + h];
  let variance = covariance[h * u + h];
  const i = hidden.indexOf(places.number[told]);
  if (places.number[told] >= 0 && i >= 0 && levelAt(places, told, value) === 0) {
    // E[y | x_i] = m_y + C_yi / C_ii (x_i - m_i)
    const slope = covariance[h * u + i] / covariance[i * u + i];
    centre += slope * (value - mean[part * u + i]);
    variance -= slope * covariance[h * u + i];
  }
  const scale = 1 / Math.sqrt(Math.max(variance, 1e-9));
  const { kind, scale: counted } = shape.columns[target];
  const share = (level: number): number => (places.firstLevel[target] < 0 ? 1 : parameters.levels[part * places.levels + places.firstLevel[target] + level]);
  const { limits } = shape.columns[target];
  const cdf = (edge: number): number => (limits && edge < limits[0] ? 0 : limits && edge >= limits[1] ? 1 : tabulatedCdf((edge - centre) * scale));
  let below = 0;
  for (let g = 0; g < count; g++) {
    const border = g === count - 1 ? Infinity : borders[row * (count - 1) + g];
    // a count's border lies between whole numbers
    const edge = kind === "count" && border !== Infinity ? codeValue({ type: "count", ...counted! }, decodeValue({ type: "count", ...counted! }, border) + 0.5) : border;
    const number = edge === Infinity ? 1 : cdf(edge);
    const upTo = places.atoms[target].reduce((total, atom, a) => total + share(a + 1) * atomBelow(atom.value, edge), share(0) * number);
    into[g] = Math.max(0, upTo - below);
    below = upTo;
  }
}
