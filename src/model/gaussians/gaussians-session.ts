import { deviceTensor, type DeviceTensor } from "../../autodiff/index.ts";
import { codeValue, decodeValue } from "../../data/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { choleskyFactor } from "../../math/cholesky.ts";
import { foldIn, normal, uniform, type Key } from "../../math/key.ts";
import type { KnownRows } from "../answers/conditional.ts";
import type { ColumnSet } from "../answers/evaluate.ts";
import { sessionDraws, targetPart, type OpenSession, type SessionDraws, type SessionSizes } from "../answers/session-draws.ts";
import type { Gaussians } from "./gaussians.ts";
import { entriesOf } from "./gaussians-sampler.ts";
import type { RowConditional } from "./mixture-density.ts";
import { drawParts } from "./part-draws.ts";
import { toldByGaussians } from "./told-gaussians.ts";

/** Tags of the keys derived from the key of a draw. */
const tags = { parts: 1, numbers: 2, levels: 3 } as const;

/** Joint draws of a mixture of Gaussians for a fixed number of rows: a part, then its numbers together and its levels. Drawn on the host, anew each time. */
export class GaussiansSession implements OpenSession {
  private readonly x: DeviceTensor;
  private readonly y: DeviceTensor;

  constructor(gpu: Gpu, private readonly gaussians: Gaussians, private readonly targets: ColumnSet, private readonly sizes: SessionSizes) {
    const { features, columns } = gaussians.shape;
    const chains = sizes.rows * sizes.draws;
    this.x = deviceTensor(gpu, [chains, features]);
    this.y = deviceTensor(gpu, [chains, Math.max(1, columns.length - features)]);
  }

  /** Throws RangeError for another number of rows, DeviceError. */
  async draw(known: KnownRows, key: Key): Promise<SessionDraws> {
    const { rows, draws, givenTargets } = this.sizes;
    if (known.rows !== rows) throw new RangeError(`[draw] the session is open for ${rows} rows, got ${known.rows}.`);
    const { gaussians, targets } = this;
    const { features: d, columns } = gaussians.shape;
    const p = columns.length - d;
    const given = givenTargets ? known : { ...known, y: undefined, observedY: undefined };
    const conditionals = Array.from({ length: rows }, (_, row) => {
      const { x, observed } = entriesOf(given, row, d, p);
      return { x, observed, row: gaussians.density.condition(x, observed) };
    });
    const [xs, ys] = [new Float32Array(rows * draws * d), new Float32Array(rows * draws * Math.max(1, p))];
    conditionals.forEach((own, row) => {
      const all = drawRow(gaussians, own, draws, foldIn(key, row));
      for (let s = 0; s < draws; s++) {
        xs.set(all.subarray(s * (d + p), s * (d + p) + d), (row * draws + s) * d);
        if (p > 0) ys.set(all.subarray(s * (d + p) + d, (s + 1) * (d + p)), (row * draws + s) * p);
      }
    });
    this.x.write(xs);
    this.y.write(ys);
    return sessionDraws({ rows, draws, features: d }, targets, key, {
      x: this.x,
      y: this.y,
      effective: new Float64Array(rows).fill(Number.NaN),
      targetParts: () => Promise.resolve([targetPart(draws, columns.slice(d), 1, this.targetTheta(conditionals, key))]),
      // the targets of a row together, in closed form: one number a row
      targetLogProb: (truth) => Promise.resolve(Float32Array.from(conditionals, ({ x, observed, row }, r) => {
        const [values, seen] = [x.slice(), observed.slice()];
        for (let j = 0; j < p; j++) [values[d + j], seen[d + j]] = [truth[r * p + j], 1];
        return gaussians.density.condition(values, seen).logDensity - row.logDensity;
      })),
      ...(p > 0 && { toldMasses: (question) => Promise.resolve(toldByGaussians(gaussians, conditionals, question)) }),
    });
  }

  /** Parameters of the targets at a draw of each row's part: [rows, S, P, params]. */
  private targetTheta(conditionals: readonly { row: RowConditional }[], key: Key): Float32Array {
    const { gaussians, sizes } = this;
    const { features: d, columns } = gaussians.shape;
    const [width, from] = [columns.length * gaussians.params, d * gaussians.params];
    const theta = new Float32Array(conditionals.length * sizes.draws * (width - from));
    conditionals.forEach(({ row }, r) => {
      const ofPart = gaussians.thetaOfParts(row).map((own) => own.subarray(from));
      drawParts(row.logWeights, sizes.draws, foldIn(foldIn(key, r), tags.parts)).forEach((part, s) => theta.set(ofPart[part], (r * sizes.draws + s) * (width - from)));
    });
    return theta;
  }

  destroy(): void {
    for (const tensor of [this.x, this.y]) tensor.destroy();
  }
}

/** S joint draws of all entries of one row, known ones as they are: [S, C], coded. */
function drawRow(gaussians: Gaussians, { x, observed, row }: { x: Float64Array; observed: Float64Array; row: RowConditional }, draws: number, key: Key): Float32Array {
  const { places, parameters, shape } = gaussians;
  const columns = shape.columns.length;
  const { hidden, regressions } = row.pattern;
  const u = hidden.length;
  const openLevels = shape.columns.flatMap((_, j) => (places.number[j] < 0 && observed[j] !== 1 ? [j] : []));
  const noise = normal(foldIn(key, tags.numbers), draws * u);
  const chance = uniform(foldIn(key, tags.levels), draws * openLevels.length);
  const factors = new Map<number, Float64Array>();
  const factorOf = (part: number): Float64Array => {
    const known = factors.get(part);
    if (known) return known;
    // what is nearly certain may have lost its last digits
    const { covariance } = regressions[part];
    const factor = choleskyFactor(covariance, u) ?? choleskyFactor(covariance.map((value, i) => (i % (u + 1) === 0 ? Math.max(value, 0) + 1e-6 : value)), u) ?? new Float64Array(u * u);
    factors.set(part, factor);
    return factor;
  };
  const result = new Float32Array(draws * columns);
  drawParts(row.logWeights, draws, foldIn(key, tags.parts)).forEach((part, s) => {
    const at = s * columns;
    for (let j = 0; j < columns; j++) result[at + j] = x[j];
    const factor = factorOf(part);
    for (let i = 0; i < u; i++) {
      let value = row.mean[part * u + i];
      for (let k = 0; k <= i; k++) value += factor[i * u + k] * noise[s * u + k];
      const column = shape.columns[places.numbers[hidden[i]]];
      const scale = column.kind === "count" && ({ type: "count", ...column.scale! } as const);
      result[at + places.numbers[hidden[i]]] = scale ? codeValue(scale, decodeValue(scale, value)) : value;
    }
    openLevels.forEach((j, i) => {
      let left = chance[s * openLevels.length + i];
      let level = 0;
      const first = part * places.levels + places.firstLevel[j];
      while (level < places.levelCounts[j] - 1 && left >= parameters.levels[first + level]) left -= parameters.levels[first + level++];
      result[at + j] = level;
    });
  });
  return result;
}
