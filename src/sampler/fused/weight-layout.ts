import { ShapeError, type DeviceTensor } from "../../autodiff/index.ts";
import { mlpSizes, paramsOf, takenOutputs, type FusedCompletion, type FusedSpec } from "./spec.ts";

/** Elements between two bindings of one buffer: 256 bytes. */
const bindingAlignment = 64;

/** Outputs that one pass over the hidden units takes at most, and those of a block where there are more. */
const [onePass, blockOutputs] = [48, 32] as const;

/**
 * In how many passes an MLP's outputs are computed. An MLP with many is cut into blocks, each with the first layer's weights
 * before its own, and the kernel loops over blocks: its text and registers stay as they are, for a third more multiplications.
 */
export function passes(outputs: number): number {
  return outputs <= onePass ? 1 : Math.ceil(outputs / blockOutputs);
}

/** Where one MLP's weights lie in the packed buffer: block after block, in each hidden unit after hidden unit, then the output biases. */
export interface PackedMlp {
  readonly name: string;
  readonly inputs: number;
  /** Outputs of a block; the last block's may be more than there are, with weights of zero. */
  readonly outputs: number;
  readonly hidden: number;
  readonly blocks: number;
  /** Elements from one block to the next, a multiple of 4. */
  readonly blockSize: number;
  /** Elements from one hidden unit to the next, a multiple of 4. */
  readonly stride: number;
  /** First element, and number of elements (a multiple of 4). */
  readonly start: number;
  readonly size: number;
}

/** One element of the packed buffer and where it comes from. */
interface PackedElement {
  readonly from: DeviceTensor;
  readonly index: number;
  readonly to: number;
}

export interface WeightLayout {
  readonly mlps: readonly PackedMlp[];
  readonly size: number;
  readonly elements: readonly PackedElement[];
}

/**
 * The order in which the kernel streams weights. Hidden unit j of an MLP [I -> H -> O] is one run of numbers,
 * (W1[:, j], b1[j], W2[j, :]), padded to whole vec4s; the output biases follow the last unit. Outputs that no column takes
 * are left out.
 */
export function layOut(spec: FusedSpec): WeightLayout {
  const mlps: PackedMlp[] = [];
  const elements: PackedElement[] = [];
  let start = 0;
  const place = (mlp: Omit<PackedMlp, "start" | "size" | "stride" | "blockSize">, unit: number): PackedMlp => {
    const stride = roundUp(unit, 4);
    const blockSize = mlp.hidden * stride + roundUp(mlp.outputs, 4);
    const packed = { ...mlp, stride, start, blockSize, size: mlp.blocks * blockSize };
    start += roundUp(packed.size, bindingAlignment);
    mlps.push(packed);
    return packed;
  };
  for (const { name, inputs, outputs: all, taken, weights } of mlpSizes(spec)) {
    // the latents' own MLPs are never cut
    const blocks = name.startsWith("generative") ? 1 : passes(taken.length);
    const outputs = Math.ceil(taken.length / blocks);
    const packed = place({ name, inputs, outputs, blocks, hidden: spec.hidden }, inputs + 1 + outputs);
    expectSize(name, weights.input.kernel, inputs * spec.hidden);
    expectSize(name, weights.input.bias, spec.hidden);
    expectSize(name, weights.output.kernel, spec.hidden * all);
    expectSize(name, weights.output.bias, all);
    for (let block = 0; block < blocks; block++) {
      const own = taken.slice(block * outputs, (block + 1) * outputs);
      const first = packed.start + block * packed.blockSize;
      for (let j = 0; j < spec.hidden; j++) {
        const at = first + j * packed.stride;
        for (let i = 0; i < inputs; i++) elements.push({ from: weights.input.kernel, index: i * spec.hidden + j, to: at + i });
        elements.push({ from: weights.input.bias, index: j, to: at + inputs });
        own.forEach((o, n) => elements.push({ from: weights.output.kernel, index: j * all + o, to: at + inputs + 1 + n }));
      }
      own.forEach((o, n) => elements.push({ from: weights.output.bias, index: o, to: first + spec.hidden * packed.stride + n }));
    }
  }
  const completion = spec.predictor?.completion;
  if (completion) placeCompletion(completion, place, elements);
  return { mlps, size: start, elements };
}

/** Hidden unit j of all features' MLPs side by side: feature after feature (w, b, v_0..v_{entries-1}). */
function placeCompletion(
  { weights, hidden, columns }: FusedCompletion,
  place: (mlp: { name: string; inputs: number; outputs: number; hidden: number; blocks: number }, unit: number) => PackedMlp,
  elements: PackedElement[],
): void {
  const params = paramsOf(columns);
  const taken = takenOutputs(columns);
  const packed = place({ name: "completion", inputs: columns.length, outputs: taken.length, blocks: 1, hidden }, 2 * columns.length + taken.length);
  expectSize("completion", weights.input.kernel, columns.length * hidden);
  expectSize("completion", weights.output.kernel, columns.length * hidden * params);
  for (let j = 0; j < hidden; j++) {
    let to = packed.start + j * packed.stride;
    columns.forEach(({ entries }, d) => {
      elements.push({ from: weights.input.kernel, index: d * hidden + j, to: to++ });
      elements.push({ from: weights.input.bias, index: d * hidden + j, to: to++ });
      for (let c = 0; c < entries; c++) elements.push({ from: weights.output.kernel, index: (d * hidden + j) * params + c, to: to++ });
    });
  }
  taken.forEach((o, n) => elements.push({ from: weights.output.bias, index: o, to: packed.start + hidden * packed.stride + n }));
}

export function roundUp(n: number, multiple: number): number {
  return Math.ceil(n / multiple) * multiple;
}

function expectSize(name: string, tensor: DeviceTensor, size: number): void {
  if (tensor.size !== size) throw new ShapeError(`[fused hmc] expected ${size} elements for "${tensor.label}" of the ${name} MLP, got ${tensor.size}.`);
}
