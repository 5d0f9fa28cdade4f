import { deviceTensor, broadcastTo, where, type DeviceTensor, type Shape, type Tape, type Tensor } from "../autodiff/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { bernoulli } from "./bernoulli.ts";
import { categorical } from "./categorical.ts";
import { gaussian } from "./gaussian.ts";
import type { Likelihood, LogProbOptions } from "./likelihood.ts";

export const likelihoods = { gaussian, bernoulli, categorical } as const;
export type Kind = keyof typeof likelihoods;

export interface MixedColumn {
  kind: Kind;
  /** Number of levels; 1 for Gaussian and Bernoulli. */
  levels: number;
  /** Weight of the positive class of a Bernoulli in the training objective. */
  positiveWeight: number;
}

/** The likelihoods of several columns of mixed kinds side by side: theta [..., D, C], x [..., D]. */
export class MixedLikelihood {
  /** Entries of theta per column: the largest number any column needs. */
  readonly params: number;
  private readonly kinds: readonly Kind[];
  private readonly isKind: Record<Kind, DeviceTensor>;
  private readonly allowed: DeviceTensor;
  private readonly positiveWeight: DeviceTensor;
  /** Whether some positive class is weighted. */
  private readonly weighted: boolean;

  constructor(gpu: Gpu, readonly columns: readonly MixedColumn[], readonly variance: number) {
    this.params = Math.max(...columns.map(({ kind, levels }) => likelihoods[kind].numParams(levels)));
    this.kinds = (Object.keys(likelihoods) as Kind[]).filter((kind) => columns.some((column) => column.kind === kind));
    const indicator = (kind: Kind): DeviceTensor => deviceTensor(gpu, [columns.length], columns.map((column) => Number(column.kind === kind)), { label: `is ${kind}` });
    this.isKind = { gaussian: indicator("gaussian"), bernoulli: indicator("bernoulli"), categorical: indicator("categorical") };
    const allowed = columns.flatMap((column) => Array.from({ length: this.params }, (_, c) => Number(c < likelihoods[column.kind].numParams(column.levels))));
    this.allowed = deviceTensor(gpu, [columns.length, this.params], allowed, { label: "levels" });
    this.positiveWeight = deviceTensor(gpu, [columns.length], columns.map((column) => column.positiveWeight), { label: "positive weight" });
    this.weighted = columns.some((column) => column.kind === "bernoulli" && column.positiveWeight !== 1);
  }

  /** log p(x_d | theta_d) -> [..., D], nats; positive classes weighted if asked. */
  logProb(theta: Tensor, x: Tensor, options: { weighted?: boolean } = {}): Tensor {
    const settings = this.options(theta.tape, options.weighted === true && this.weighted);
    return this.choose(theta.tape, x.shape, (likelihood) => likelihood.logProb(theta, x, settings));
  }

  /** A draw of each column -> [..., D], coded. */
  sample(theta: Tensor, key: Tensor): Tensor {
    return this.sampleBy(theta.tape, theta.shape.slice(0, -1), (likelihood, settings) => likelihood.sample(theta, key, settings));
  }

  /** The same from a draw of all columns as if each were of one kind: for those who need not know all parameters of each. */
  sampleBy(tape: Tape, shape: Shape, of: (likelihood: Likelihood, settings: LogProbOptions) => Tensor): Tensor {
    const settings = this.options(tape, false);
    return this.choose(tape, shape, (likelihood) => of(likelihood, settings));
  }

  /** Mean or mode of each column -> [..., D]. */
  point(theta: Tensor): Tensor {
    const settings = this.options(theta.tape, false);
    return this.choose(theta.tape, theta.shape.slice(0, -1), (likelihood) => likelihood.point(theta, settings));
  }

  /** 1 for columns whose value names a level, which the encoder reads one-hot. */
  isCategorical(tape: Tape): Tensor {
    return tape.read(this.isKind.categorical);
  }

  private options(tape: Tape, weighted: boolean): LogProbOptions {
    const options = { variance: this.variance, allowed: tape.read(this.allowed) };
    return weighted ? { ...options, positiveWeight: tape.read(this.positiveWeight) } : options;
  }

  private choose(tape: Tape, shape: readonly number[], of: (likelihood: Likelihood) => Tensor): Tensor {
    const [first, ...others] = this.kinds;
    let value = of(likelihoods[first]);
    for (const kind of others) value = where(broadcastTo(tape.read(this.isKind[kind]), shape), of(likelihoods[kind]), value);
    return value;
  }
}
