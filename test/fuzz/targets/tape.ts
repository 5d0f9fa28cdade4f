import fc from "fast-check";
import { compile, deviceTensor, gradients, mul, sum, add, Tape, type DeviceTensor, type Tensor } from "../../../src/autodiff/index.ts";
import type { Gpu } from "../../../src/gpu/device.ts";
import { foldIn, keyFromSeed, normal } from "../../../src/math/key.ts";
import { sizeOf } from "../tape/hyper-dual.ts";
import { NotComparable, operations, type Value } from "../tape/operations.ts";
import { target } from "../target.ts";

/** A program: shapes of its inputs, and steps that each do something with values before; numbers are read modulo what there is. */
interface Described {
  seed: number;
  shapes: number[][];
  steps: [operation: string, a: number, b: number, p: number][];
}

/** Entries of a value at most, and magnitudes in which float32 has digits to compare. */
const [mostEntries, largest] = [600, 300];
const tolerance = 2e-3;

const described: fc.Arbitrary<Described> = fc.record({
  seed: fc.nat(1_000_000),
  shapes: fc.array(fc.array(fc.constantFrom(1, 2, 3, 4, 5, 7), { minLength: 0, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
  steps: fc.array(fc.tuple(fc.constantFrom(...Object.keys(operations)), fc.nat(50), fc.nat(50), fc.nat(50)), { minLength: 1, maxLength: 10 }),
});

const dot = (x: ArrayLike<number>, y: ArrayLike<number>): number => Array.from(x).reduce((total, value, i) => total + value * y[i], 0);

function checkSize({ host, shape }: Value): void {
  if (sizeOf(shape) > mostEntries) throw new NotComparable("large");
  for (const part of host.parts) for (const entry of part) if (!(Math.abs(entry) < largest)) throw new NotComparable("large numbers");
}

/** L = sum c y of the last value y; its gradient along v and w, and v^T H w, on the device and in hyper-dual numbers. */
async function comparePrograms({ seed, shapes, steps }: Described, gpu: Gpu): Promise<void> {
  const key = keyFromSeed(seed);
  const draws = (stream: number, size: number): Float64Array => Float64Array.from(normal(foldIn(key, stream), size), Math.fround);
  const tape = new Tape();
  const made: DeviceTensor[] = [];
  const upload = (shape: readonly number[], values: Float64Array): Tensor => {
    const tensor = deviceTensor(gpu, shape, Float32Array.from(values));
    made.push(tensor);
    return tape.read(tensor);
  };
  const indices = (values: readonly number[]): Tensor => {
    const tensor = deviceTensor(gpu, [values.length], values, { dtype: "u32" });
    made.push(tensor);
    return tape.read(tensor);
  };
  try {
    const inputs = shapes.map((shape, i) => {
      const n = sizeOf(shape);
      const [x, v, w] = [0, 1, 2].map((part) => draws(3 * i + part, n));
      return { v, w, value: { shape, tensor: upload(shape, x), host: { shape, parts: [x, v, w, new Float64Array(n)] } } as Value };
    });
    const values = inputs.map((own) => own.value);
    for (const [name, a, b, p] of steps) {
      const next = operations[name](values[a % values.length], values[b % values.length], p, indices);
      checkSize(next);
      values.push(next);
    }
    const y = values.at(-1)!;
    const c = draws(99, sizeOf(y.shape));
    const loss = sum(mul(y.tensor, upload(y.shape, c)));
    const leaves = inputs.map(({ value }) => value.tensor);
    const first = gradients(loss, leaves);
    const along = inputs.map(({ v }, i) => sum(mul(first[i], upload(shapes[i], v)))).reduce((total, own) => add(total, own));
    const second = gradients(along, leaves);
    const program = await compile(gpu, { y: y.tensor, ...Object.fromEntries(first.map((g, i) => [`g${i}`, g])), ...Object.fromEntries(second.map((g, i) => [`h${i}`, g])) } as Record<string, Tensor>);
    try {
      program.run();
      const read = (name: string): Promise<Float32Array> => program.outputs[name].read() as Promise<Float32Array>;
      const ofInputs = async (name: string, direction: "v" | "w"): Promise<number> => (await Promise.all(inputs.map(async (own, i) => dot(await read(`${name}${i}`), own[direction])))).reduce((total, own) => total + own, 0);
      const [value, v, w, both] = y.host.parts.map((part) => dot(part, c));
      const scale = 1 + Math.max(...values.flatMap(({ host }) => host.parts.map((part) => part.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0)))) * Math.sqrt(sizeOf(y.shape));
      const compare = (what: string, got: number, expected: number): void => {
        if (!(Math.abs(got - expected) <= tolerance * (scale + Math.abs(expected)))) throw new Error(`${what}: expected ${expected}, got ${got}`);
      };
      compare("value", dot(await read("y"), c), value);
      compare("gradient along v", await ofInputs("g", "v"), v);
      compare("gradient along w", await ofInputs("g", "w"), w);
      compare("second derivative along v and w", await ofInputs("h", "w"), both);
    } finally {
      program.destroy();
    }
  } finally {
    for (const tensor of made) tensor.destroy();
  }
}

export const tapeTargets = [
  target({
    name: "programs",
    about: "programs of any operations have the values, gradients and second derivatives of float64 hyper-dual numbers",
    inputs: described,
    few: 12,
    check: async (input, device) => {
      try {
        await comparePrograms(input, await device());
      } catch (cause) {
        if (!(cause instanceof NotComparable)) throw cause;
        fc.pre(false);
      }
    },
  }),
];
