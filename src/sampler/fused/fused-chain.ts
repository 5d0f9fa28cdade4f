import packText from "../../../shaders/fused-hmc-pack.wgsl";
import { deviceTensor, ShapeError, showShape, type DeviceTensor } from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { gridFor, makeDispatch, submit, type Dispatch, type Encodable, type Storage } from "../../gpu/dispatch.ts";
import { uniformData, uniformFor } from "../../gpu/uniforms.ts";
import { statisticsKernel } from "../chain-kernels.ts";
import { ChainDispatches, type ChainRange } from "./chain-dispatches.ts";
import { columnTable } from "./column-table.ts";
import { fusedKernel } from "./kernel.ts";
import { rowLayout, rowPackKernel, type RowLayout } from "./row-layout.ts";
import { dimOf, type FusedSpec } from "./spec.ts";
import { chainsOfWorkgroup, chainsPerDispatch, chooseVariant, weightSpaces, type FusedVariant } from "./variant.ts";
import { layOut, roundUp, type WeightLayout } from "./weight-layout.ts";

/** Rows that the chains are conditioned on [B, D] or [B, P]; x, y and observedY where the spec has a predictor. */
export interface FusedRows {
  readonly z: DeviceTensor;
  readonly observed: DeviceTensor;
  readonly x?: DeviceTensor;
  readonly y?: DeviceTensor;
  readonly observedY?: DeviceTensor;
}

export interface FusedHmcOptions {
  readonly spec: FusedSpec;
  readonly rows: number;
  /** Chains of a row lie side by side. */
  readonly chainsPerRow: number;
  readonly transitions: number;
  readonly leapfrogSteps: number;
  readonly data: FusedRows;
  /** Log step sizes [T, K]. */
  readonly logStepSizes: DeviceTensor;
  /** u32 [2]; made here unless given. */
  readonly key?: DeviceTensor;
  /** Chains that the arrays hold, N; default: all. With fewer, `inChunks` runs them one part after the other. */
  readonly chainsAtOnce?: number;
  /** Standard normal noise of the missing codes in x_hat, [N, D] for each transition, each padded to 64 elements; absent: none. */
  readonly noise?: DeviceTensor;
  /** Also compute d position / d log step size. */
  readonly derivatives?: boolean;
  /** Default: chosen by the number of chains and the device. */
  readonly variant?: FusedVariant;
}

/**
 * T transitions of Hamiltonian Monte Carlo for rows * chainsPerRow chains of a density of MLPs, each chain in one kernel.
 * Replaces `HmcChain`: the same random numbers, the same arrays, the same chains. Write (or compute) `position` and `key`,
 * replay, and find the new state in place.
 */
export class FusedChain implements Encodable {
  /** Position [N, K], its log density [N] and gradient [N, K]. */
  readonly position: DeviceTensor;
  readonly logDensity: DeviceTensor;
  readonly gradient: DeviceTensor;
  /** H(proposal) - H(start) [T, N], +infinity where a trajectory met a value that is not finite. */
  readonly energyChange: DeviceTensor;

  constructor(
    readonly gpu: Gpu,
    readonly options: FusedHmcOptions,
    readonly variant: FusedVariant,
    readonly key: DeviceTensor,
    /** Per transition the sum over chains of the acceptance probability, and the number of divergent chains [T, 2]. */
    readonly statistics: DeviceTensor,
    /** d position after transition t / d log step size [t, i], within the transition, gradients constant [T, N, K]. */
    readonly derivatives: DeviceTensor | undefined,
    private readonly arrays: FusedArrays,
    private readonly work: { pack: readonly Dispatch[]; chains: ChainDispatches; statistics: Dispatch | undefined },
  ) {
    const { state, energyChanges, stride, chains } = arrays;
    const dim = dimOf(options.spec);
    this.position = state.view(0, [chains, dim], "position");
    this.gradient = state.view(stride, [chains, dim], "gradient");
    this.logDensity = state.view(2 * stride, [chains], "logDensity");
    this.energyChange = energyChanges.view(0, [options.transitions, chains], "energyChange");
  }

  /** All chains, and those that the arrays hold at once. */
  get total(): number {
    return this.options.rows * this.options.chainsPerRow;
  }

  get capacity(): number {
    return this.arrays.chains;
  }

  /** Reads weights and rows anew, then all transitions and their statistics. */
  encode(pass: GPUComputePassEncoder): void {
    const { pack, chains, statistics } = this.work;
    for (const item of [...pack, chains, ...(statistics ? [statistics] : [])]) item.encode(pass);
  }

  /** In how many dispatches the chains run. */
  get dispatches(): number {
    return this.work.chains.active.length;
  }

  /** Runs everything, one submit for each dispatch of chains, so that none holds the device for long. */
  run(): void {
    const { pack, chains, statistics } = this.work;
    chains.active.forEach((dispatch, i, all) => {
      const last = i === all.length - 1 && statistics ? [statistics] : [];
      submit(this.gpu, [...(i === 0 ? pack : []), dispatch, ...last]);
    });
  }

  /** Says which of all chains the arrays hold from now on. */
  hold(range: ChainRange): void {
    const unit = this.variant.chains;
    if (range.first % unit !== 0 || range.count > this.capacity || range.first + range.count > this.total) {
      throw new RangeError(`[fused hmc] expected at most ${this.capacity} of ${this.total} chains from a multiple of ${unit} on, got ${range.count} from ${range.first} on.`);
    }
    this.work.chains.hold(range);
    this.gpu.device.queue.writeBuffer(this.arrays.count.buffer, 0, uniformData(statisticsKernel(this.gpu.software).wgsl, { chains: range.count }));
  }

  /** Cuts the chains into dispatches of at most so many. */
  split(chainsEach: number): void {
    this.work.chains.split(chainsEach);
  }

  destroy(): void {
    const { state, energyChanges, weights, rows, none, others, count } = this.arrays;
    this.work.chains.destroy();
    count.buffer.destroy();
    for (const tensor of [state, energyChanges, weights, rows, none, this.statistics, this.derivatives]) tensor?.destroy();
    for (const buffer of others) buffer.destroy();
    if (!this.options.key) this.key.destroy();
  }
}

interface FusedArrays {
  readonly chains: number;
  readonly stride: number;
  readonly state: DeviceTensor;
  readonly energyChanges: DeviceTensor;
  /** All MLPs' weights in streaming order. */
  readonly weights: DeviceTensor;
  readonly rows: DeviceTensor;
  /** Bound where a kernel has no use for a binding. */
  readonly none: DeviceTensor;
  /** The number of chains in the arrays, for the statistics. */
  readonly count: Storage;
  /** Moves. */
  readonly others: GPUBuffer[];
}

/** Compiles chains of a density of MLPs. Throws ShapeError where an array has another size than the options say. */
export async function compileFusedHmc(gpu: Gpu, options: FusedHmcOptions): Promise<FusedChain> {
  const { spec, rows, chainsPerRow, transitions, leapfrogSteps } = options;
  for (const [name, value] of Object.entries({ rows, chainsPerRow, leapfrogSteps })) {
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`[fused hmc] expected ${name} to be a whole number of at least 1, got ${value}.`);
  }
  const dim = dimOf(spec);
  const layout = layOut(spec);
  const table = columnTable(spec);
  const fields = rowLayout(spec, table);
  const total = rows * chainsPerRow;
  const variant = options.variant ?? chooseVariant(gpu, spec, Math.min(total, options.chainsAtOnce ?? total));
  // whole workgroups, so that no invocation's chains lie in two parts
  const chains = Math.min(total, roundUp(options.chainsAtOnce ?? total, chainsOfWorkgroup(variant)));
  const make = (label: string, shape: number[]): DeviceTensor => deviceTensor(gpu, shape, undefined, { label });
  const stride = roundUp(chains * dim, 64);
  const arrays: FusedArrays = {
    chains,
    stride,
    state: make("chain state", [2 * stride + chains]),
    energyChanges: make("energy changes", [Math.max(1, transitions) * chains]),
    weights: make("streamed weights", [layout.size]),
    rows: make("row data", [fields.head + rows * fields.width]),
    none: make("none", [4]),
    count: uniformFor(gpu, statisticsKernel(gpu.software).wgsl, { chains }, "statistics parameters"),
    others: [],
  };
  arrays.rows.view(0, [fields.head], "column table").write(table.numbers);
  const key = options.key ?? deviceTensor(gpu, [2], [0, 0], { dtype: "u32", label: "chain key" });
  expectSize("log step sizes", options.logStepSizes, [transitions, dim]);
  const noiseStride = roundUp(chains * spec.features, 64);
  if (options.noise && options.noise.size < (transitions - 1) * noiseStride + chains * spec.features) expectSize("noise", options.noise, [transitions, noiseStride]);
  const derivatives = options.derivatives ? make("step-size derivatives", [transitions, chains, dim]) : undefined;

  const kernel = fusedKernel(
    spec,
    { variant, noise: options.noise !== undefined, oneRow: chainsPerRow % variant.chains === 0, weightSpaces: weightSpaces(gpu, layout) },
    layout,
  );
  const tensors = [key, options.logStepSizes, arrays.rows, options.noise ?? arrays.rows, arrays.state, arrays.energyChanges, derivatives ?? arrays.none];
  const bound = [...tensors.map((tensor) => tensor.storage), ...weightStorages(layout, arrays.weights)];
  const each = chainsPerDispatch(gpu, { spec, variant, evaluations: transitions * (leapfrogSteps + (options.noise ? 1 : 0)) + 1 });
  const sizes = { chainsPerRow, transitions, leapfrogSteps, stride, noiseStride, derivatives: derivatives !== undefined };
  const dispatches = new ChainDispatches(gpu, await gpu.kernels.get(kernel), variant, bound, sizes, chains, { first: 0, count: chains }, each);
  const pack = [await packRows(gpu, options, fields, arrays), ...(await packWeights(gpu, layout, arrays))];
  const statistics = make("transition statistics", [Math.max(1, transitions), 2]);
  const reduce = transitions > 0 ? await makeDispatch(gpu, statisticsKernel(gpu.software), [arrays.count, arrays.energyChanges.storage, statistics.storage], [transitions, 1, 1]) : undefined;
  return new FusedChain(gpu, options, variant, key, statistics, derivatives, arrays, { pack, chains: dispatches, statistics: reduce });
}

function weightStorages({ mlps }: WeightLayout, weights: DeviceTensor): Storage[] {
  return mlps.map(({ start, size }) => ({ buffer: weights.storage.buffer, offset: weights.storage.offset + 4 * start, bytes: 4 * size }));
}

/** Lays the rows' fields side by side. */
function packRows(gpu: Gpu, { rows, data }: FusedHmcOptions, layout: RowLayout, arrays: FusedArrays): Promise<Dispatch> {
  const sources = layout.fields.map(({ name, given }) => {
    const tensor = data[name];
    if (!tensor) throw new ShapeError(`[fused hmc] the density observes targets, so the rows need "${name}" ${showShape([rows, given])}; drop the predictor where y is hidden.`);
    expectSize(name, tensor, [rows, given]);
    return tensor.storage;
  });
  return makeDispatch(gpu, rowPackKernel(layout), [...sources, arrays.rows.storage], gridFor(rows * layout.width, 64));
}

/** One dispatch for each buffer that holds weights: usually one. */
async function packWeights(gpu: Gpu, layout: WeightLayout, arrays: FusedArrays): Promise<Dispatch[]> {
  const bySource = new Map<GPUBuffer, { end: number; moves: number[] }>();
  for (const { from, index, to } of layout.elements) {
    const { buffer, offset, bytes } = from.storage;
    const source = bySource.get(buffer) ?? { end: 0, moves: [] };
    bySource.set(buffer, source);
    source.end = Math.max(source.end, offset + bytes);
    source.moves.push(offset / 4 + index, to);
  }
  return Promise.all(
    [...bySource].map(([buffer, { end, moves }]) => {
      const table = deviceTensor(gpu, [moves.length], moves, { dtype: "u32", label: "weight moves" });
      arrays.others.push(table.storage.buffer);
      const source: Storage = { buffer, offset: 0, bytes: end };
      const kernel = { name: "fused hmc pack", file: "shaders/fused-hmc-pack.wgsl", wgsl: packText, bindings: ["read", "read", "write"] as const };
      return makeDispatch(gpu, kernel, [table.storage, source, arrays.weights.storage], gridFor(moves.length / 2, 64));
    }),
  );
}

function expectSize(name: string, tensor: DeviceTensor, shape: readonly number[]): void {
  if (tensor.size !== shape.reduce((size, length) => size * length, 1)) {
    throw new ShapeError(`[fused hmc] expected ${name} of the shape ${showShape(shape)}, got ${showShape(tensor.shape)}.`);
  }
}
