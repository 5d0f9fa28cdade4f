import { abs, add, broadcastTo, concat, deviceTensor, div, equal, exp, greater, log, logSumExp, matmul, maximum, minimum, mul, neg, reshape, slice, sqrt, sub, sum, toFloat, where, type DeviceTensor, type Tensor } from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import type { Parameters } from "../../nn/parameters.ts";
import { coordinateMatrix, nowhere, rowCoordinates, rowValues, usualWeights } from "./look-up-columns.ts";
import { cellCount, heads } from "./look-up-specs.ts";
import { completionParams, type CompletionShape } from "./shape.ts";

/** Learned weights are usual ones times e^(rate parameter): so they move as fast as the networks' own. */
const rate = 4;
/** What coordinates of the same value may be apart, which a root would make much of. */
const rounding = 1e-5;
/** Shares of attention beneath this are as good as none. */
const leastShare = 0.01;
/** What is beneath every score, so that a row counts for nothing. */
const excluded = -1e9;
/** Less attention than this is none. */
const leastMass = 1e-6;
/** How near the rows are is told on a scale of its own. */
const nearness = { scale: 0.2, least: -20 } as const;

/** What is so of rows to complete that are trained on. */
export interface Learning {
  /** The rows' numbers u32 [B]: none finds itself. */
  readonly numbers?: Tensor;
  /** [B, 1]: 0 where the network is told nothing of what it finds, so that it learns to do without. */
  readonly told?: Tensor;
}

/** What a network finds for rows to complete. */
export interface Found {
  /** What it reads beside the rows: [B, context]. */
  readonly context: Tensor;
  /** What it adds to the logits of every column: [B, C, params]. */
  readonly evidence: Tensor;
}

/**
 * Attention from incomplete rows to observed entries of training rows: the score of row i is minus the sum over seen columns d of w_d sqrt|u_d - u_id|, u the places of entries among their column's quantiles, or of l_d where row i
 * lacks the entry; its share a_i is a softmax. The root tells the same value from one that is near. A column's hidden entry is told by sum_i a_i m_id (value, bin)_id / sum_i a_i m_id over the rows that have it. Rows that show nothing of what is hidden take no part: where a training row is completed,
 * that is the row itself. (Attention between rows: Kossen et al. 2021; retrieval by learned distances: Gorishniy et al. 2024)
 */
export class LookUp {
  private readonly coordinates: DeviceTensor;
  private readonly rowCoordinates: DeviceTensor;
  /** Which entries of the rows are observed [C, N], and which are not. */
  private readonly observed: DeviceTensor;
  private readonly lacking: DeviceTensor;
  private readonly numbers: DeviceTensor;
  private readonly values: DeviceTensor;
  private readonly usual: DeviceTensor;
  private readonly isBernoulli?: DeviceTensor;

  constructor(gpu: Gpu, private readonly shape: CompletionShape) {
    const { columns } = shape;
    const { count: n, observed, numbers } = shape.rows!;
    const c = columns.length;
    const upload = (own: readonly number[], values: ArrayLike<number>, label: string): DeviceTensor => deviceTensor(gpu, own, values, { label });
    const matrix = coordinateMatrix(shape);
    this.coordinates = upload([matrix.length / c, c], matrix, "coordinates of inputs");
    this.rowCoordinates = upload([c, n], rowCoordinates(shape), "coordinates of rows");
    const across = Float32Array.from({ length: c * n }, (_, i) => observed[(i % n) * c + Math.floor(i / n)]);
    this.observed = upload([c, n], across, "observed in rows");
    this.lacking = upload([c, n], across.map((seen) => 1 - seen), "lacking in rows");
    this.numbers = upload([n], numbers ?? new Float32Array(n).fill(-1), "numbers of rows");
    const values = rowValues(shape);
    this.values = upload([n, values.length / n], values, "values of rows");
    this.usual = upload([heads, 2 * c], usualWeights(columns), "usual weights");
    if (columns.some(({ kind }) => kind === "bernoulli")) this.isBernoulli = upload([c], columns.map(({ kind }) => Number(kind === "bernoulli")), "is bernoulli");
  }

  /** What one network finds: inputs [B, J] and seen [B, C] of the rows to complete. */
  find(parameters: Parameters, prefix: string, inputs: Tensor, seen: Tensor, { numbers, told }: Learning = {}): Found {
    const { tape } = inputs;
    const { columns, rows } = this.shape;
    const [b, c, n, cells] = [seen.shape[0], columns.length, rows!.count, cellCount(columns)];
    const hidden = sub(1, seen);
    const out = broadcastTo(reshape(this.left(hidden, numbers), [b, 1, n]), [b, heads, n]);
    const weights = mul(tape.read(this.usual), exp(mul(rate, tape.read(parameters.value(`${prefix}look-up/weights`)))));
    const scores = where(out, excluded, neg(this.distances(matmul(inputs, tape.read(this.coordinates)), seen, weights, numbers !== undefined)));
    const normaliser = logSumExp(scores, -1);
    // all rows may be left out
    const shares = where(out, 0, exp(sub(scores, broadcastTo(reshape(normaliser, [b, heads, 1]), scores.shape))));
    const sums = reshape(matmul(reshape(shares, [b * heads, n]), tape.read(this.values)), [b, heads, c * (2 + cells)]);
    const mass = slice(sums, 2, c, 2 * c);
    const some = maximum(mass, leastMass);
    const inCells = [b, heads, c, cells];
    const perCell = (t: Tensor): Tensor => broadcastTo(reshape(t, [...t.shape, 1]), inCells);
    const asked = broadcastTo(reshape(hidden, [b, 1, c]), [b, heads, c]);
    const mean = mul(asked, div(slice(sums, 2, 0, c), some));
    const cellShares = mul(perCell(asked), div(reshape(slice(sums, 2, 2 * c, (2 + cells) * c), inCells), perCell(some)));
    const evidence = this.evidence(cellShares, tape.read(parameters.value(`${prefix}output/gates`)));
    const flat = (t: Tensor): Tensor => reshape(t, [b, t.shape.slice(1).reduce((product, size) => product * size, 1)]);
    const context = concat([flat(mean), flat(mul(asked, mass)), flat(cellShares), mul(nearness.scale, maximum(normaliser, nearness.least))], 1);
    if (!told) return { context, evidence };
    return { context: mul(context, broadcastTo(told, context.shape)), evidence: mul(evidence, broadcastTo(reshape(told, [b, 1, 1]), evidence.shape)) };
  }

  /** 1 for pairs of a row and one that is to take no part for it: [B, N]. */
  private left(hidden: Tensor, numbers?: Tensor): Tensor {
    const { tape } = hidden;
    const silent = equal(matmul(hidden, tape.read(this.observed)), 0);
    if (!numbers) return silent;
    const [b, n] = silent.shape;
    return maximum(silent, equal(broadcastTo(reshape(toFloat(numbers), [b, 1]), [b, n]), broadcastTo(tape.read(this.numbers), [b, n])));
  }

  /**
   * sum_d s_d (w_d sqrt(min(|u_d - u_id|, 1)) + l_d [row i lacks d]): u, seen [B, C], weights [heads, 2 C] -> [B, heads, N]. With gradients the columns' roots are stored, [B, C, N]; without them nothing as large is.
   */
  private distances(u: Tensor, seen: Tensor, weights: Tensor, differentiable: boolean): Tensor {
    const { tape } = u;
    const [b, c] = u.shape;
    const n = this.shape.rows!.count;
    const ofRow = (part: number): Tensor => mul(broadcastTo(reshape(slice(weights, 1, part * c, (part + 1) * c), [1, heads, c]), [b, heads, c]), broadcastTo(reshape(seen, [b, 1, c]), [b, heads, c]));
    const lacks = reshape(matmul(reshape(ofRow(1), [b * heads, c]), tape.read(this.lacking)), [b, heads, n]);
    const rootsOf = (own: Tensor, other: Tensor): Tensor => {
      const gap = abs(sub(own, other));
      return where(greater(gap, nowhere / 2), 0, sqrt(minimum(maximum(sub(gap, rounding), 0), 1)));
    };
    const others = tape.read(this.rowCoordinates);
    if (differentiable) {
      const full = [b, c, n];
      return add(matmul(ofRow(0), rootsOf(broadcastTo(reshape(u, [b, c, 1]), full), broadcastTo(reshape(others, [1, c, n]), full))), lacks);
    }
    const full = [b, heads, c, n];
    const roots = rootsOf(broadcastTo(reshape(u, [b, 1, c, 1]), full), broadcastTo(reshape(others, [1, 1, c, n]), full));
    return add(sum(mul(broadcastTo(reshape(ofRow(0), [b, heads, c, 1]), full), roots), 2), lacks);
  }

  /** sum_h g_hd log(1 + share / least share) of every level or bin; of two levels the difference: [B, C, params]. */
  private evidence(shares: Tensor, gates: Tensor): Tensor {
    const { tape } = shares;
    const c = shares.shape[2];
    const each = mul(broadcastTo(reshape(gates, [1, heads, c, 1]), shares.shape), log(add(1, mul(1 / leastShare, shares))));
    const all = sum(each, 1);
    const odds = this.isBernoulli && where(broadcastTo(reshape(tape.read(this.isBernoulli), [1, c, 1]), all.shape), broadcastTo(sub(slice(all, 2, 1, 2), slice(all, 2, 0, 1)), all.shape), all);
    return slice(odds ?? all, 2, 0, completionParams(this.shape));
  }
}
