import { deviceTensor, type DeviceTensor } from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { foldIn, type Key } from "../../math/key.ts";
import type { KnownRows } from "../answers/conditional.ts";
import type { ColumnSet } from "../answers/column-set.ts";
import type { DeviceDraws } from "../posterior/device-draws.ts";
import type { EntryDraws, SamplingInfo } from "../posterior/entry-draws.ts";
import { posteriorDraws, targetPart, type PosteriorDraws } from "../posterior/joint-draws.ts";
import { checkRows, type EntriesRequest, type Posterior, type PosteriorSizes } from "../posterior/posterior.ts";
import type { Gaussians } from "./gaussians.ts";
import { logProbs } from "./log-probs.ts";
import { PickedParts } from "./picked-parts.ts";
import { drawParts, drawRow, entriesOf, rowTags, type ConditionedRow } from "./row-draws.ts";
import { toldByGaussians } from "./told-gaussians.ts";

/** A mixture of Gaussians given what is known of each row: the part that the row belongs to, then its numbers together and its levels. Computed on the host, anew each time. */
export class GaussiansPosterior implements Posterior {
  private drawn: Record<"x" | "y", DeviceTensor> | undefined;
  private picked: PickedParts | undefined;

  /** targets: their columns. */
  constructor(
    private readonly gpu: Gpu,
    private readonly gaussians: Gaussians,
    private readonly targets: ColumnSet,
    readonly sizes: PosteriorSizes,
  ) {}

  /** Of entries that are seen it says nothing: NaN. */
  async entries({ known, count, truth: scored, key, place }: EntriesRequest): Promise<EntryDraws & SamplingInfo> {
    const { gaussians } = this;
    const { draws } = this.sizes;
    const { columns } = gaussians.shape;
    const { d, p } = this.widths;
    const answers = { x: scored.x, observed: known.observed, y: scored.y };
    const placeKey = foldIn(key, place);
    const theta = { x: new Float32Array(count * draws * d * gaussians.params), y: new Float32Array(count * draws * p * gaussians.params) };
    const logProb = { x: new Float32Array(count * draws * d).fill(Number.NaN), y: new Float32Array(count * draws * p) };
    this.conditioned(known, count).forEach(({ observed, row }, r) => {
      const truth = entriesOf(answers, r, d, p).x;
      const ofPart = gaussians.thetaOfParts(row).map((own) => ({ theta: own, logProb: logProbs(gaussians, own, truth) }));
      drawParts(row.logWeights, draws, foldIn(placeKey, r)).forEach((part, s) => {
        const own = ofPart[part];
        const at = r * draws + s;
        theta.x.set(own.theta.subarray(0, d * gaussians.params), at * d * gaussians.params);
        theta.y.set(own.theta.subarray(d * gaussians.params), at * p * gaussians.params);
        for (let j = 0; j < d; j++) if (observed[j] !== 1) logProb.x[at * d + j] = own.logProb[j];
        for (let j = 0; j < p; j++) logProb.y[at * p + j] = own.logProb[d + j];
      });
    });
    const part = { features: { draws, mixed: columns.slice(0, d), variance: 1, theta: theta.x }, targets: { draws, mixed: columns.slice(d), variance: 1, theta: theta.y } };
    return { rows: count, draws, parts: [part], acceptance: Number.NaN, divergences: 0, logProbX: logProb.x, weightedLogProbX: logProb.x, logProbY: logProb.y };
  }

  async entriesOnDevice({ known, count, truth: scored, key, place }: EntriesRequest): Promise<DeviceDraws> {
    const { gpu, gaussians } = this;
    const { rows, draws } = this.sizes;
    const { columns } = gaussians.shape;
    const { d, p } = this.widths;
    const { params } = gaussians;
    const answers = { x: scored.x, observed: known.observed, y: scored.y };
    const placeKey = foldIn(key, place);
    const conditioned = this.conditioned(known, count);
    const parts = conditioned[0].row.logWeights.length;
    const theta = new Float32Array(rows * parts * (d + p) * params);
    const logProb = new Float32Array(rows * parts * (d + p));
    const index = new Uint32Array(rows * draws);
    conditioned.forEach(({ row }, r) => {
      const truth = entriesOf(answers, r, d, p).x;
      gaussians.thetaOfParts(row).forEach((own, part) => {
        theta.set(own, (r * parts + part) * (d + p) * params);
        logProb.set(logProbs(gaussians, own, truth), (r * parts + part) * (d + p));
      });
      drawParts(row.logWeights, draws, foldIn(placeKey, r)).forEach((part, s) => (index[r * draws + s] = r * parts + part));
    });
    this.picked ??= await PickedParts.create(gpu, { rows, parts, draws, features: d, targets: p, params });
    const { thetaX, thetaY, logProbX, logProbY } = this.picked.submit(theta, logProb, index);
    const each = { made: draws, draws, variance: 1 };
    const features = { ...each, mixed: columns.slice(0, d), theta: thetaX, logProb: logProbX, weightedLogProb: logProbX };
    const targets = thetaY && logProbY && { targets: { ...each, mixed: columns.slice(d), theta: thetaY, logProb: logProbY, weightedLogProb: logProbY } };
    return { parts: [{ features, ...targets, silent: true }] };
  }

  async draw(known: KnownRows, key: Key): Promise<PosteriorDraws> {
    checkRows(this.sizes, known);
    const { rows, draws } = this.sizes;
    const { gpu, gaussians, targets } = this;
    const { columns } = gaussians.shape;
    const { d, p } = this.widths;
    const conditioned = this.conditioned(known, rows);
    const [xs, ys] = [new Float32Array(rows * draws * d), new Float32Array(rows * draws * Math.max(1, p))];
    conditioned.forEach((own, row) => {
      const all = drawRow(gaussians, own, draws, foldIn(key, row));
      for (let s = 0; s < draws; s++) {
        xs.set(all.subarray(s * (d + p), s * (d + p) + d), (row * draws + s) * d);
        if (p > 0) ys.set(all.subarray(s * (d + p) + d, (s + 1) * (d + p)), (row * draws + s) * p);
      }
    });
    this.drawn ??= { x: deviceTensor(gpu, [rows * draws, d]), y: deviceTensor(gpu, [rows * draws, Math.max(1, p)]) };
    this.drawn.x.write(xs);
    this.drawn.y.write(ys);
    return posteriorDraws({ rows, draws, features: d }, targets, key, {
      ...this.drawn,
      effective: new Float64Array(rows).fill(Number.NaN),
      targetParts: () => Promise.resolve([targetPart(draws, columns.slice(d), 1, this.targetTheta(conditioned, key))]),
      // the targets of a row together, in closed form: one number a row
      targetLogProb: (truth) => Promise.resolve(Float32Array.from(conditioned, ({ x, observed, row }, r) => {
        const [values, seen] = [x.slice(), observed.slice()];
        for (let j = 0; j < p; j++) [values[d + j], seen[d + j]] = [truth[r * p + j], 1];
        return gaussians.density.condition(values, seen).logDensity - row.logDensity;
      })),
      ...(p > 0 && { toldMasses: (question) => Promise.resolve(toldByGaussians(gaussians, conditioned, question)) }),
    });
  }

  private get widths(): { d: number; p: number } {
    const { features: d, columns } = this.gaussians.shape;
    return { d, p: columns.length - d };
  }

  private conditioned(known: KnownRows, count: number): ConditionedRow[] {
    const { d, p } = this.widths;
    const given = this.sizes.givenTargets ? known : { ...known, y: undefined, observedY: undefined };
    return Array.from({ length: count }, (_, row) => {
      const { x, observed } = entriesOf(given, row, d, p);
      return { x, observed, row: this.gaussians.density.condition(x, observed) };
    });
  }

  /** Parameters of the targets at a draw of each row's part: [rows, S, P, params]. */
  private targetTheta(conditioned: readonly ConditionedRow[], key: Key): Float32Array {
    const { gaussians } = this;
    const { draws } = this.sizes;
    const [width, from] = [gaussians.shape.columns.length * gaussians.params, this.widths.d * gaussians.params];
    const theta = new Float32Array(conditioned.length * draws * (width - from));
    conditioned.forEach(({ row }, r) => {
      const ofPart = gaussians.thetaOfParts(row).map((own) => own.subarray(from));
      drawParts(row.logWeights, draws, foldIn(foldIn(key, r), rowTags.parts)).forEach((part, s) => theta.set(ofPart[part], (r * draws + s) * (width - from)));
    });
    return theta;
  }

  destroy(): void {
    for (const tensor of Object.values(this.drawn ?? {})) tensor.destroy();
    this.picked?.destroy();
  }
}
