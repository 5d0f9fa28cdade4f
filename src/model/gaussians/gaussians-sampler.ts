import { foldIn, type Key } from "../../math/key.ts";
import type { PosteriorRows, RowDraws, RowSampler, SamplingInfo } from "../answers/row-draws.ts";
import type { Gaussians } from "./gaussians.ts";
import { drawParts } from "./part-draws.ts";
import { logProbs } from "./log-probs.ts";

/** Draws of the part that each row belongs to, and what the part says of each hidden entry; of entries that are seen it says nothing: NaN. */
export class GaussiansSampler implements RowSampler {
  /** rows: answered together. givenTargets: targets that are known are conditioned on too. */
  constructor(
    private readonly gaussians: Gaussians,
    private readonly sizes: { rows: number; draws: number; givenTargets?: boolean },
  ) {}

  async *sample(table: PosteriorRows, key: Key, signal?: AbortSignal): AsyncGenerator<RowDraws & SamplingInfo> {
    const { gaussians } = this;
    const { draws, givenTargets } = this.sizes;
    const { columns, features: d } = gaussians.shape;
    const p = columns.length - d;
    const known = givenTargets ? table : { ...table, y: undefined, observedY: undefined };
    const answers = { x: table.truthX, observed: table.observed, y: table.truthY };
    for (let first = 0; first < table.rows; first += this.sizes.rows) {
      signal?.throwIfAborted();
      const count = Math.min(this.sizes.rows, table.rows - first);
      const chunkKey = foldIn(key, (table.before ?? 0) + first);
      const theta = { x: new Float32Array(count * draws * d * gaussians.params), y: new Float32Array(count * draws * p * gaussians.params) };
      const logProb = { x: new Float32Array(count * draws * d).fill(Number.NaN), y: new Float32Array(count * draws * p) };
      for (let r = 0; r < count; r++) {
        const row = first + r;
        const { x, observed } = entriesOf(known, row, d, p);
        const conditional = gaussians.density.condition(x, observed);
        const truth = entriesOf(answers, row, d, p).x;
        const ofPart = gaussians.thetaOfParts(conditional).map((own) => ({ theta: own, logProb: logProbs(gaussians, own, truth) }));
        drawParts(conditional.logWeights, draws, foldIn(chunkKey, r)).forEach((part, s) => {
          const own = ofPart[part];
          const at = r * draws + s;
          theta.x.set(own.theta.subarray(0, d * gaussians.params), at * d * gaussians.params);
          theta.y.set(own.theta.subarray(d * gaussians.params), at * p * gaussians.params);
          for (let j = 0; j < d; j++) if (observed[j] !== 1) logProb.x[at * d + j] = own.logProb[j];
          for (let j = 0; j < p; j++) logProb.y[at * p + j] = own.logProb[d + j];
        });
      }
      const part = { features: { draws, mixed: columns.slice(0, d), variance: 1, theta: theta.x }, targets: { draws, mixed: columns.slice(d), variance: 1, theta: theta.y } };
      yield { firstRow: first, rows: count, draws, parts: [part], acceptance: Number.NaN, divergences: 0, logProbX: logProb.x, weightedLogProbX: logProb.x, logProbY: logProb.y };
    }
  }

  destroy(): void {
    // nothing is on a device
  }
}

/** Features and targets of one row side by side, targets hidden unless they are given: [C] each. */
export function entriesOf(
  { x, observed, y, observedY }: { x: ArrayLike<number>; observed: ArrayLike<number>; y?: ArrayLike<number>; observedY?: ArrayLike<number> },
  row: number,
  d: number,
  p: number,
): { x: Float64Array; observed: Float64Array } {
  const of = (features: ArrayLike<number>, targets: ArrayLike<number> | undefined): Float64Array => Float64Array.from({ length: d + p }, (_, j) => (j < d ? features[row * d + j] : (targets?.[row * p + j - d] ?? 0)));
  return { x: of(x, y), observed: of(observed, observedY) };
}
