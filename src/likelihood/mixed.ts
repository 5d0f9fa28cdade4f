import { deviceTensor, broadcastTo, where, type DeviceTensor, type Shape, type Tape, type Tensor } from "../autodiff/index.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Bins, CodedAtom } from "../data/index.ts";
import { bernoulli } from "./bernoulli.ts";
import { binned } from "./binned.ts";
import { binnedCount } from "./binned-count.ts";
import { categorical } from "./categorical.ts";
import { atomNumbers, binNumbers } from "./column-numbers.ts";
import { count } from "./count.ts";
import { gaussian } from "./gaussian.ts";
import { learned } from "./learned-gaussian.ts";
import type { AtomTensors, BinTensors, Likelihood, LogProbOptions, ScaleTensors } from "./likelihood.ts";
import { ordinal } from "./ordinal.ts";
import { spiked } from "./spiked.ts";

const likelihoods = { gaussian, learned, spiked, binned, count, binnedCount, bernoulli, ordinal, categorical } as const;
export type Kind = keyof typeof likelihoods;

export interface MixedColumn {
  kind: Kind;
  /** Number of levels, bins or atoms; 1 for Gaussian, Bernoulli and count. */
  levels: number;
  /** Weight of the positive class of a Bernoulli in the training objective. */
  positiveWeight: number;
  /** Of a binned column. */
  bins?: Bins;
  /** Of a column with atoms: these, ascending, and what draws of other values lie between, on the coded scale. */
  atoms?: readonly CodedAtom[];
  limits?: readonly [number, number];
  /** Whether levels have an order, whatever the likelihood makes of it. */
  ordered?: boolean;
  /** Of a count: mean and deviation of log(1 + k), which code it. */
  scale?: Readonly<Record<keyof ScaleTensors, number>>;
}

/** Whether a column's values are numbers, not levels. */
export function isNumber(column: MixedColumn): boolean {
  return likelihoods[column.kind].continuous;
}

/** The levels of a column of levels: 0, 1, ... */
export function levelCount(column: MixedColumn): number {
  return column.kind === "bernoulli" ? 2 : column.levels;
}

/** Parameters that a column's likelihood takes. */
export function paramsOf({ kind, levels }: MixedColumn): number {
  return likelihoods[kind].numParams(levels);
}

/** Entries a column takes in an encoder: whether it exceeds each of its levels but the highest if they are ordered, its levels one-hot if categorical, else one. */
export function entries(column: MixedColumn): number {
  if (column.ordered) return column.levels - 1;
  return column.kind === "categorical" ? column.levels : 1;
}

/** The likelihoods of several columns of mixed kinds side by side: theta [..., D, C], x [..., D]. */
export class MixedLikelihood {
  /** Entries of theta per column: the largest number any column needs. */
  readonly params: number;
  private readonly kinds: readonly Kind[];
  private readonly isKind: Readonly<Partial<Record<Kind, DeviceTensor>>>;
  private readonly allowed: DeviceTensor;
  private readonly positiveWeight: DeviceTensor;
  private readonly bins?: Record<keyof BinTensors, DeviceTensor>;
  private readonly atoms?: Record<keyof AtomTensors, DeviceTensor>;
  private readonly scale?: Record<keyof ScaleTensors, DeviceTensor>;
  /** Whether some positive class is weighted. */
  private readonly weighted: boolean;

  constructor(gpu: Gpu, readonly columns: readonly MixedColumn[], readonly variance: number) {
    this.params = Math.max(...columns.map(paramsOf));
    this.kinds = (Object.keys(likelihoods) as Kind[]).filter((kind) => columns.some((column) => column.kind === kind));
    const indicator = (kind: Kind): DeviceTensor => deviceTensor(gpu, [columns.length], columns.map((column) => Number(column.kind === kind)), { label: `is ${kind}` });
    this.isKind = Object.fromEntries(this.kinds.map((kind) => [kind, indicator(kind)]));
    const allowed = columns.flatMap((column) => Array.from({ length: this.params }, (_, c) => Number(c < paramsOf(column))));
    this.allowed = deviceTensor(gpu, [columns.length, this.params], allowed, { label: "levels" });
    this.positiveWeight = deviceTensor(gpu, [columns.length], columns.map((column) => column.positiveWeight), { label: "positive weight" });
    if (columns.some(({ bins }) => bins)) this.bins = uploadBins(gpu, columns, this.params);
    if (columns.some(({ atoms }) => atoms)) this.atoms = uploadAtoms(gpu, columns, this.params);
    if (columns.some(({ scale }) => scale)) {
      const upload = (name: keyof ScaleTensors, none: number): DeviceTensor => deviceTensor(gpu, [columns.length], columns.map(({ scale }) => scale?.[name] ?? none), { label: `${name} of log count` });
      this.scale = { mean: upload("mean", 0), std: upload("std", 1) };
    }
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

  /** 1 for columns of a kind; undefined where there is none. */
  isOfKind(tape: Tape, kind: Kind): Tensor | undefined {
    const indicator = this.isKind[kind];
    return indicator && tape.read(indicator);
  }

  private options(tape: Tape, weighted: boolean): LogProbOptions {
    const read = (tensor: DeviceTensor): Tensor => tape.read(tensor);
    const readAll = <K extends string>(tensors: Record<K, DeviceTensor>): Record<K, Tensor> => Object.fromEntries(Object.entries<DeviceTensor>(tensors).map(([name, tensor]) => [name, read(tensor)])) as Record<K, Tensor>;
    const { bins, atoms, scale } = this;
    const options = { variance: this.variance, allowed: read(this.allowed), ...(bins && { bins: readAll(bins) }), ...(atoms && { atoms: readAll(atoms) }), ...(scale && { scale: readAll(scale) }) };
    return weighted ? { ...options, positiveWeight: tape.read(this.positiveWeight) } : options;
  }

  private choose(tape: Tape, shape: readonly number[], of: (likelihood: Likelihood) => Tensor): Tensor {
    const [first, ...others] = this.kinds;
    let value = of(likelihoods[first]);
    for (const kind of others) value = where(broadcastTo(tape.read(this.isKind[kind]!), shape), of(likelihoods[kind]), value);
    return value;
  }
}

/** The bins of all columns [D, C]; where a column has none, numbers that do no harm. */
function uploadBins(gpu: Gpu, columns: readonly MixedColumn[], params: number): Record<keyof BinTensors, DeviceTensor> {
  const numbers = columns.map(({ bins }) => bins && binNumbers(bins));
  const upload = (label: string, name: keyof BinTensors): DeviceTensor =>
    deviceTensor(gpu, [columns.length, params], numbers.flatMap((own) => Array.from({ length: params }, (_, c) => own?.[name][c] ?? 0)), { label });
  return {
    low: upload("low of bin", "low"), high: upload("high of bin", "high"), logWidth: upload("log width of bin", "logWidth"), mean: upload("mean of bin", "mean"),
    start: upload("start of bin", "start"), length: upload("length of bin", "length"),
  };
}

/** The atoms of all columns [D, C], from the third entry on as their logits are, and the limits [D] of other draws. */
function uploadAtoms(gpu: Gpu, columns: readonly MixedColumn[], params: number): Record<keyof AtomTensors, DeviceTensor> {
  const far = 1e9;
  const numbers = columns.map(({ atoms = [] }) => atomNumbers(atoms));
  const upload = (label: string, name: "value" | "logWidth", none: number): DeviceTensor =>
    deviceTensor(gpu, [columns.length, params], numbers.flatMap((own) => Array.from({ length: params }, (_, c) => own[name][c - 2] ?? none)), { label });
  const limit = (label: string, side: 0 | 1, none: number): DeviceTensor => deviceTensor(gpu, [columns.length], columns.map(({ limits }) => Math.min(far, Math.max(-far, limits?.[side] ?? none))), { label });
  return {
    value: upload("value of atom", "value", far),
    logWidth: upload("log width of atom", "logWidth", 0),
    least: limit("least of other draws", 0, -far),
    largest: limit("largest of other draws", 1, far),
  };
}
