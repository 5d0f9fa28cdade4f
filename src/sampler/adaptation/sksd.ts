import bandwidthText from "../../../shaders/sksd-bandwidth.wgsl";
import sharedBandwidthText from "../../../shaders/sksd-bandwidth-shared.wgsl";
import sksdText from "../../../shaders/sksd.wgsl";
import { compile, deviceTensor, matmul, mul, reshape, ShapeError, showShape, sum, Tape, type DeviceTensor, type Program } from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { gridFor, makeDispatch, submit, type Dispatch, type Encodable } from "../../gpu/dispatch.ts";
import type { KernelSource } from "../../gpu/kernel.ts";
import { uniformFor } from "../../gpu/uniforms.ts";

export interface SksdOptions {
  /** Rows B, samples per row n (2 to 1024), dimensions K. */
  readonly rows: number;
  readonly samples: number;
  readonly dim: number;
  /** Samples a [B, n, K], that is chain b * n + i in row i of a [B * n, K] state. */
  readonly positions: DeviceTensor;
  /** Scores grad log p(a), of the same size; constants. */
  readonly scores: DeviceTensor;
  /** Weight of each row in the mean [B], 0 for a row with nothing observed; default: all 1. */
  readonly rowWeights?: DeviceTensor;
  /** Unit vectors g_j [K, K], one per row; default: the axes. */
  readonly slices?: DeviceTensor;
}

/** The discrepancy of the samples from the density whose scores are given, ready to be replayed. */
export class Sksd implements Encodable {
  constructor(
    private readonly gpu: Gpu,
    /** Weighted mean over rows []. */
    readonly value: DeviceTensor,
    /** Each row's discrepancy [B]; 0 where its weight is 0. */
    readonly rowValues: DeviceTensor,
    /** d value / d samples [B, n, K], scores and bandwidths constant. */
    readonly gradient: DeviceTensor,
    private readonly work: readonly Encodable[],
  ) {}

  encode(pass: GPUComputePassEncoder): void {
    for (const item of this.work) item.encode(pass);
  }

  run(): void {
    submit(this.gpu, [this]);
  }
}

/**
 * Compiles the sliced kernelised Stein discrepancy with the median bandwidth (Gong et al. 2021) for the samples of many
 * rows at once. Throws ShapeError if an array has another size than the options say.
 */
export async function compileSksd(gpu: Gpu, options: SksdOptions): Promise<Sksd> {
  const { rows, samples, dim, positions, scores, slices } = options;
  if (!(samples >= 2 && samples <= 1024)) throw new RangeError(`[sksd] expected 2 to 1024 samples a row, got ${samples}; use fewer chains a row.`);
  const shape = [rows, samples, dim];
  expectSize("positions", positions, shape);
  expectSize("scores", scores, shape);
  const rowWeights = options.rowWeights ?? deviceTensor(gpu, [rows], new Float32Array(rows).fill(1), { label: "row weights" });
  expectSize("rowWeights", rowWeights, [rows]);
  if (slices) expectSize("slices", slices, [dim, dim]);

  const make = (label: string, ...size: number[]): DeviceTensor => deviceTensor(gpu, size, undefined, { label });
  const bandwidths = make("bandwidths", rows, dim);
  const weights = make("weights", rows);
  const terms = make("discrepancy terms", ...shape);
  const inProjections = make("discrepancy gradient", ...shape);
  const turned = slices ? await turn(gpu, { ...options, slices }, inProjections) : undefined;
  const projections = turned?.project.outputs.projections ?? positions;
  const alignments = turned?.project.outputs.alignments ?? make("alignments", dim).write(new Float32Array(dim).fill(1));

  const storage = (shader: string, ...tensors: DeviceTensor[]) => [uniformFor(gpu, shader, { rows, dim }, "sksd parameters"), ...tensors.map((tensor) => tensor.storage)];
  const bandwidth = await makeDispatch(gpu, bandwidthKernel(samples, gpu.software), storage(bandwidthText, projections, rowWeights, bandwidths, weights), gridFor(rows * dim, gpu.software ? 64 : 1));
  const discrepancy: Dispatch = await makeDispatch(
    gpu,
    sksdKernel(samples),
    storage(sksdText, projections, scores, bandwidths, weights, alignments, terms, inProjections),
    gridFor(rows * samples * dim, 64),
  );

  const tape = new Tape();
  const rowValues = sum(reshape(tape.read(terms), [rows, samples * dim]), 1);
  const total = await compile(gpu, { rowValues, value: sum(mul(rowValues, tape.read(weights))) });
  const work: Encodable[] = turned ? [turned.project, bandwidth, discrepancy, turned.back, total] : [bandwidth, discrepancy, total];
  return new Sksd(gpu, total.outputs.value, total.outputs.rowValues, turned?.back.outputs.gradient ?? inProjections, work);
}

interface Turned {
  project: Program<"projections" | "alignments">;
  back: Program<"gradient">;
}

/** p_ij = g_j . a_i and s_j = r_j . g_j with r_j the axes; and back: d / d a_i = sum_j d / d p_ij g_j. */
async function turn(gpu: Gpu, { rows, samples, dim, positions, slices }: SksdOptions & { slices: DeviceTensor }, inProjections: DeviceTensor): Promise<Turned> {
  const flat = [rows * samples, dim];
  const forward = new Tape();
  const axes = forward.read(deviceTensor(gpu, [dim, dim], Float32Array.from({ length: dim * dim }, (_, i) => (i % (dim + 1) === 0 ? 1 : 0))));
  const g = reshape(forward.read(slices), [dim, dim]);
  const projections = matmul(reshape(forward.read(positions), flat), g, { transB: true });
  const backward = new Tape();
  const gradient = matmul(reshape(backward.read(inProjections), flat), reshape(backward.read(slices), [dim, dim]));
  return {
    project: await compile(gpu, { projections, alignments: sum(mul(g, axes), 1) }),
    back: await compile(gpu, { gradient: reshape(gradient, [rows, samples, dim]) }),
  };
}

function expectSize(name: string, tensor: DeviceTensor, shape: readonly number[]): void {
  if (tensor.size !== shape.reduce((size, length) => size * length, 1)) {
    throw new ShapeError(`[sksd] expected ${name} of the shape ${showShape(shape)}, got ${showShape(tensor.shape)}.`);
  }
}

/** A lane for each row and dimension, which a processor likes, or a workgroup. */
function bandwidthKernel(samples: number, software: boolean): KernelSource {
  return {
    name: "sksd bandwidth",
    file: software ? "shaders/sksd-bandwidth.wgsl" : "shaders/sksd-bandwidth-shared.wgsl",
    wgsl: `const SAMPLES = ${samples}u;\n${software ? bandwidthText : `const LANES = 64u;\n${sharedBandwidthText}`}`,
    bindings: ["uniform", "read", "read", "write", "write"],
  };
}

function sksdKernel(samples: number): KernelSource {
  return {
    name: "sksd",
    file: "shaders/sksd.wgsl",
    wgsl: `const SAMPLES = ${samples}u;\n${sksdText}`,
    bindings: ["uniform", "read", "read", "read", "read", "read", "write", "write"],
  };
}
