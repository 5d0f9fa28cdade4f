import { ShapeError, type DeviceTensor } from "../../autodiff/index.ts";
import { mlpSizes, paramsOf, type FusedCompletion, type FusedSpec } from "./spec.ts";

/** Elements between two bindings of one buffer: 256 bytes. */
const bindingAlignment = 64;

/** Where one MLP's weights lie in the packed buffer: hidden unit after hidden unit, then the output biases. */
export interface PackedMlp {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly hidden: number;
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
 * (W1[:, j], b1[j], W2[j, :]), padded to whole vec4s; the output biases follow the last unit.
 */
export function layOut(spec: FusedSpec): WeightLayout {
  const mlps: PackedMlp[] = [];
  const elements: PackedElement[] = [];
  let start = 0;
  const place = (mlp: Omit<PackedMlp, "start" | "size" | "stride">, unit: number): PackedMlp => {
    const stride = roundUp(unit, 4);
    const packed = { ...mlp, stride, start, size: mlp.hidden * stride + roundUp(mlp.outputs, 4) };
    start += roundUp(packed.size, bindingAlignment);
    mlps.push(packed);
    return packed;
  };
  for (const { name, inputs, outputs, weights } of mlpSizes(spec)) {
    const packed = place({ name, inputs, outputs, hidden: spec.hidden }, inputs + 1 + outputs);
    expectSize(name, weights.input.kernel, inputs * spec.hidden);
    expectSize(name, weights.input.bias, spec.hidden);
    expectSize(name, weights.output.kernel, spec.hidden * outputs);
    expectSize(name, weights.output.bias, outputs);
    for (let j = 0; j < spec.hidden; j++) {
      const at = packed.start + j * packed.stride;
      for (let i = 0; i < inputs; i++) elements.push({ from: weights.input.kernel, index: i * spec.hidden + j, to: at + i });
      elements.push({ from: weights.input.bias, index: j, to: at + inputs });
      for (let o = 0; o < outputs; o++) elements.push({ from: weights.output.kernel, index: j * outputs + o, to: at + inputs + 1 + o });
    }
    const biases = packed.start + spec.hidden * packed.stride;
    for (let o = 0; o < outputs; o++) elements.push({ from: weights.output.bias, index: o, to: biases + o });
  }
  const completion = spec.predictor?.completion;
  if (completion) placeCompletion(completion, place, elements);
  return { mlps, size: start, elements };
}

/** Hidden unit j of all features' MLPs side by side: feature after feature (w, b, v_0..v_{levels-1}). */
function placeCompletion(
  { weights, hidden, columns }: FusedCompletion,
  place: (mlp: { name: string; inputs: number; outputs: number; hidden: number }, unit: number) => PackedMlp,
  elements: PackedElement[],
): void {
  const params = paramsOf(columns);
  const outputs = columns.reduce((total, { levels }) => total + levels, 0);
  const packed = place({ name: "completion", inputs: columns.length, outputs, hidden }, 2 * columns.length + outputs);
  expectSize("completion", weights.input.kernel, columns.length * hidden);
  expectSize("completion", weights.output.kernel, columns.length * hidden * params);
  for (let j = 0; j < hidden; j++) {
    let to = packed.start + j * packed.stride;
    columns.forEach(({ levels }, d) => {
      elements.push({ from: weights.input.kernel, index: d * hidden + j, to: to++ });
      elements.push({ from: weights.input.bias, index: d * hidden + j, to: to++ });
      for (let c = 0; c < levels; c++) elements.push({ from: weights.output.kernel, index: (d * hidden + j) * params + c, to: to++ });
    });
  }
  let to = packed.start + hidden * packed.stride;
  columns.forEach(({ levels }, d) => {
    for (let c = 0; c < levels; c++) elements.push({ from: weights.output.bias, index: d * params + c, to: to++ });
  });
}

export function roundUp(n: number, multiple: number): number {
  return Math.ceil(n / multiple) * multiple;
}

function expectSize(name: string, tensor: DeviceTensor, size: number): void {
  if (tensor.size !== size) throw new ShapeError(`[fused hmc] expected ${size} elements for "${tensor.label}" of the ${name} MLP, got ${tensor.size}.`);
}
