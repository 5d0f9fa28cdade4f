import type { Gpu } from "../gpu/device.ts";
import { foldIn, uniform, type Key } from "../math/key.ts";
import type { ConditionalSampler, Estimator, JointDraws, KnownRows } from "../model/index.ts";
import type { Method, RewardTable } from "./api.ts";
import { countBytes, Histograms, type HistogramOptions } from "./histograms.ts";
import { estimateInformation } from "./information.ts";
import { toldInformation } from "./told.ts";

export interface RewardOptions {
  /** How information is estimated; default: as the model's own draws allow. */
  estimator?: Estimator;
  /** Bins of a continuous variable; default 5. */
  bins?: number;
  biasCorrection?: boolean;
  /** Draws behind the Gaussian reward, whose encoders run once per draw and candidate; default 50. */
  gaussianDraws?: number;
}

/** Groups of draws of the jackknife. */
const groups = 20;

/** The rewards of model.md for draws of one session. */
export class Rewards {
  /** What histograms are made by way of. */
  private gpu: Gpu | undefined;
  private histograms: { x: JointDraws["x"]; compiled: Histograms } | undefined;

  constructor(
    private readonly sampler: ConditionalSampler,
    private readonly options: RewardOptions = {},
  ) {}

  /** interval: mass of the central interval that widths are told of. Throws RangeError for the Gaussian reward of a sampler that has no encoder. */
  async of(joint: JointDraws, known: KnownRows, method: Method, key: Key, interval = 0.9): Promise<RewardTable> {
    const size = known.rows * this.sampler.features.length;
    if (method === "mi" && (this.options.estimator ?? this.sampler.estimator) === "told") return onlyUnknown(await toldInformation(joint, known, this.sampler, interval), known);
    const table = { gain: new Float64Array(size), standardError: new Float64Array(size).fill(Number.NaN) };
    if (method === "mi") await this.information(joint, table);
    else if (method === "gaussian") table.gain.set(await this.gaussian(joint, known, key));
    else if (method === "variance") table.gain.set(await variances(joint, this.sampler));
    else table.gain.set(uniform(key, size));
    return onlyUnknown(table, known);
  }

  private async information(joint: JointDraws, { gain, standardError }: RewardTable): Promise<void> {
    if (this.histograms?.x !== joint.x) {
      this.destroy();
      this.gpu = this.sampler.gpu.scope();
      const compiled = await Histograms.create(this.gpu, joint.x, joint.y, { rows: joint.rows, draws: joint.draws, ...this.counted(joint.draws) });
      this.histograms = { x: joint.x, compiled };
    }
    const counts = await this.histograms.compiled.count();
    counts.forEach((row, r) =>
      row.forEach((candidate, d) => {
        const estimate = estimateInformation(candidate, this.options);
        gain[r * row.length + d] = estimate.gain;
        standardError[r * row.length + d] = estimate.standardError;
      }),
    );
  }

  /** What is counted of so many draws of a row. */
  private counted(draws: number): Pick<HistogramOptions, "features" | "targets" | "bins" | "groups"> {
    const levels = (variables: ConditionalSampler["features"]): number[] => variables.map((variable) => variable.levels);
    return { features: levels(this.sampler.features), targets: levels(this.sampler.targets), bins: this.options.bins ?? 5, groups: Math.min(groups, draws) };
  }

  /** Bytes of the largest array that mutual information needs for each row. */
  bytesPerRow(draws: number): number {
    return countBytes(this.counted(draws));
  }

  private gaussian(joint: JointDraws, known: KnownRows, key: Key): Promise<Float64Array> {
    if (!this.sampler.gaussianReward) throw new RangeError('[acquire] the Gaussian reward needs a model with an encoder; use the method "mi".');
    return this.sampler.gaussianReward(known, joint, this.options.gaussianDraws ?? 50, foldIn(key, 1));
  }

  destroy(): void {
    this.histograms?.compiled.destroy();
    this.gpu?.free();
    this.gpu = this.histograms = undefined;
  }
}

/** NaN where a value is known already, or there is none. */
function onlyUnknown(table: RewardTable, { observed, absent }: KnownRows): RewardTable {
  observed.forEach((seen, i) => {
    if (seen === 1 || absent?.[i] === 1) table.gain[i] = table.standardError[i] = Number.NaN;
  });
  return table;
}

/** Variance over the draws on the coded scale; for discrete features 1 - sum p^2. */
async function variances(joint: JointDraws, { features }: ConditionalSampler): Promise<Float64Array> {
  const x = await joint.x.read();
  const d = features.length;
  const result = new Float64Array(joint.rows * d);
  for (let r = 0; r < joint.rows; r++) {
    features.forEach(({ levels }, i) => {
      const values = Float64Array.from({ length: joint.draws }, (_, s) => x[(r * joint.draws + s) * d + i]);
      result[r * d + i] = levels === 1 ? variance(values) : impurity(values, levels);
    });
  }
  return result;
}

function variance(values: Float64Array): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((total, value) => total + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
}

function impurity(values: Float64Array, levels: number): number {
  const counts = new Float64Array(levels);
  for (const value of values) counts[value]++;
  return 1 - counts.reduce((total, n) => total + (n / values.length) ** 2, 0);
}
