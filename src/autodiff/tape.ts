import type { DeviceTensor, DType } from "./device-tensor.ts";
import type { OpName } from "./ops/registry.ts";
import { ShapeError, showShape, type Shape } from "./shape.ts";

type Attribute = number | string | boolean | readonly number[];
type Attributes = Readonly<Record<string, Attribute>>;

/** A value on a tape: an operation, its inputs and a shape. Nothing is computed before `compile`. */
export interface Tensor {
  readonly tape: Tape;
  readonly id: number;
  readonly op: OpName;
  readonly inputs: readonly Tensor[];
  readonly shape: Shape;
  readonly dtype: DType;
  readonly attributes: Attributes;
  /** The device array behind a leaf made by `tape.read`. */
  readonly source?: DeviceTensor;
}

/**
 * The record of a computation. Ops append nodes; equal nodes (same op, inputs and attributes) are recorded once.
 * `gradients` appends the reverse pass, `compile` turns the wanted nodes into a program.
 */
export class Tape {
  readonly nodes: Tensor[] = [];
  private readonly known = new Map<string, Tensor>();
  private readonly sources = new Map<DeviceTensor, Tensor>();
  private streams = 0;

  /** A leaf whose value is whatever the device array holds when the program runs. */
  read(source: DeviceTensor): Tensor {
    let leaf = this.sources.get(source);
    if (!leaf) {
      leaf = { tape: this, id: this.nodes.length, op: "read", inputs: [], shape: source.shape, dtype: source.dtype, attributes: {}, source };
      this.nodes.push(leaf);
      this.sources.set(source, leaf);
    }
    return leaf;
  }

  /** A tensor filled with one number. */
  fill(value: number, shape: Shape = []): Tensor {
    return this.record("fill", [], shape, { value: Object.is(value, -0) ? 0 : value });
  }

  /** A number that no other call on this tape returned: the stream of one random draw. */
  nextStream(): number {
    return this.streams++;
  }

  /** Streams from the first on again: for draws by other keys than those before. */
  restartStreams(): void {
    this.streams = 0;
  }

  record(op: OpName, inputs: readonly Tensor[], shape: Shape, attributes: Attributes = {}, dtype: DType = "f32"): Tensor {
    const key = `${op}|${inputs.map((input) => input.id).join()}|${shape.join()}|${JSON.stringify(attributes)}|${dtype}`;
    let node = this.known.get(key);
    if (!node) {
      for (const input of inputs) if (input.tape !== this) throw new Error(`[${op}] its inputs are on different tapes; record the whole computation on one.`);
      // half-precision weights are widened by the kernels that multiply by them, and by no others
      const half = inputs.findIndex(({ dtype: given }, i) => given === "f16" && !(op === "matmul" && i === 1));
      if (half >= 0) throw new ShapeError(`[${op}] input ${half + 1} is f16 ${showShape(inputs[half].shape)}; f16 can only be the right operand of matmul.`);
      node = { tape: this, id: this.nodes.length, op, inputs, shape: [...shape], dtype, attributes };
      this.nodes.push(node);
      this.known.set(key, node);
    }
    return node;
  }
}

/** The nodes that the given ones depend on, themselves included, inputs before users. */
export function dependencies(roots: readonly Tensor[]): Tensor[] {
  const seen = new Set<Tensor>();
  const pending = [...roots];
  while (pending.length > 0) {
    const node = pending.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    pending.push(...node.inputs);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}
