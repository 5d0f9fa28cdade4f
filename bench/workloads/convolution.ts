import { compile, conv2d, convKernelGradient, convTranspose2d, deviceTensor, Tape, type Program, type Tensor } from "../../src/autodiff/index.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { expectNear, pseudo } from "../numbers.ts";

/** A convolution from images of `size` x `size` to `out` x `out`; the decoder's mirror image goes the other way with the same three kernels. */
export interface ConvLayer {
  batch: number;
  inputs: number;
  outputs: number;
  size: number;
  out: number;
  kernel: number;
  stride: number;
  padding: number;
}

const mnist = { batch: 100, kernel: 5, stride: 2, padding: 2 };
const celebA = { batch: 32, kernel: 4, stride: 2, padding: 1 };

/** Of the architectures for MNIST and CelebA. */
export const convLayers: readonly ConvLayer[] = [
  { ...mnist, inputs: 1, outputs: 16, size: 28, out: 14 },
  { ...mnist, inputs: 16, outputs: 32, size: 14, out: 7 },
  { ...mnist, inputs: 32, outputs: 32, size: 7, out: 4 },
  { ...celebA, inputs: 3, outputs: 32, size: 64, out: 32 },
  { ...celebA, inputs: 32, outputs: 32, size: 32, out: 16 },
  { ...celebA, inputs: 32, outputs: 64, size: 16, out: 8 },
  { ...celebA, inputs: 64, outputs: 64, size: 8, out: 4 },
  { ...celebA, inputs: 64, outputs: 512, size: 4, out: 1, stride: 1, padding: 0 },
];

/** What a layer computes: down (the encoder's layer, the decoder's gradient by x), up (the other way about), the kernel's gradient. */
export const convPasses = ["down", "up", "kernel"] as const;
export type ConvPass = (typeof convPasses)[number];

const checked = 64;

export interface ConvWorkload {
  /** x [N,C,H,W], g [N,O,Ho,Wo] and kernel [O,C,k,k]. */
  data: { x: Float32Array<ArrayBuffer>; g: Float32Array<ArrayBuffer>; kernel: Float32Array<ArrayBuffer> };
  programs: Record<ConvPass, Program>;
  /** Multiplications and additions of a pass, those with padding included. */
  operations: number;
  /** Throws unless elements spread over the result are right; `at` finds the element that ours has at an index. */
  check(who: string, pass: ConvPass, at: (index: number) => number): void;
  checkOurs(): Promise<void>;
  destroy(): void;
}

export async function convolutionWorkload(gpu: Gpu, layer: ConvLayer): Promise<ConvWorkload> {
  const { batch, inputs, outputs, size, out, kernel: k, stride, padding } = layer;
  const shapes = { x: [batch, inputs, size, size], g: [batch, outputs, out, out], kernel: [outputs, inputs, k, k] };
  const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b);
  const data = { x: pseudo(count(shapes.x), 1), g: pseudo(count(shapes.g), 2), kernel: pseudo(count(shapes.kernel), 3) };
  const held = Object.fromEntries(Object.entries(data).map(([name, values]) => [name, deviceTensor(gpu, shapes[name as keyof typeof shapes], values)]));
  const program = (record: (x: Tensor, g: Tensor, kernel: Tensor) => Tensor): Promise<Program> => {
    const tape = new Tape();
    return compile(gpu, { result: record(tape.read(held.x), tape.read(held.g), tape.read(held.kernel)) });
  };
  const outputPadding = size - ((out - 1) * stride - 2 * padding + k);
  const programs = {
    down: await program((x, _, kernel) => conv2d(x, kernel, { stride, padding })),
    up: await program((_, g, kernel) => convTranspose2d(g, kernel, { stride, padding, outputPadding })),
    kernel: await program((x, g) => convKernelGradient(x, g, { stride, padding, kernel: k })),
  };
  const indices = (pass: ConvPass): number[] => {
    const total = count({ down: shapes.g, up: shapes.x, kernel: shapes.kernel }[pass]);
    return Array.from({ length: checked }, (_, i) => Math.floor((i * (total - 1)) / (checked - 1)));
  };
  const expected = Object.fromEntries(convPasses.map((pass) => [pass, indices(pass).map((index) => element(layer, data, pass, index))]));
  const terms = { down: inputs * k * k, up: outputs * k * k, kernel: batch * out * out };
  const check: ConvWorkload["check"] = (who, pass, at) => expectNear(`${who}, ${pass}`, indices(pass).map(at), expected[pass], { rtol: 1e-5, atol: 2e-6 * Math.sqrt(terms[pass]) });
  return {
    data, programs, check,
    operations: 2 * batch * inputs * outputs * out * out * k * k,
    async checkOurs() {
      for (const pass of convPasses) {
        programs[pass].run();
        const result = await programs[pass].outputs.result.read();
        check("ours", pass, (index) => result[index]);
      }
    },
    destroy: () => {
      for (const pass of convPasses) [programs[pass].outputs.result, programs[pass]].forEach((thing) => thing.destroy());
      Object.values(held).forEach((tensor) => tensor.destroy());
    },
  };
}

/** One element of a pass in float64. */
function element({ batch, inputs, outputs, size, out, kernel: k, stride, padding }: ConvLayer, { x, g, kernel }: ConvWorkload["data"], pass: ConvPass, index: number): number {
  let total = 0;
  const add = (n: number, o: number, c: number, y: number, z: number, i: number, j: number): void => {
    const [row, column] = [y * stride + i - padding, z * stride + j - padding];
    if (row < 0 || row >= size || column < 0 || column >= size || y < 0 || z < 0 || y >= out || z >= out) return;
    const values = { x: x[((n * inputs + c) * size + row) * size + column], g: g[((n * outputs + o) * out + y) * out + z], kernel: kernel[((o * inputs + c) * k + i) * k + j] };
    total += pass === "down" ? values.x * values.kernel : pass === "up" ? values.g * values.kernel : values.x * values.g;
  };
  if (pass === "down") {
    const [n, o, y, z] = [Math.floor(index / (outputs * out * out)), Math.floor(index / (out * out)) % outputs, Math.floor(index / out) % out, index % out];
    for (let c = 0; c < inputs; c++) for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) add(n, o, c, y, z, i, j);
  } else if (pass === "up") {
    const [n, c, row, column] = [Math.floor(index / (inputs * size * size)), Math.floor(index / (size * size)) % inputs, Math.floor(index / size) % size, index % size];
    for (let o = 0; o < outputs; o++)
      for (let i = 0; i < k; i++)
        for (let j = 0; j < k; j++) {
          const [y, z] = [(row + padding - i) / stride, (column + padding - j) / stride];
          if (Number.isInteger(y) && Number.isInteger(z)) add(n, o, c, y, z, i, j);
        }
  } else {
    const [o, c, i, j] = [Math.floor(index / (inputs * k * k)), Math.floor(index / (k * k)) % inputs, Math.floor(index / k) % k, index % k];
    for (let n = 0; n < batch; n++) for (let y = 0; y < out; y++) for (let z = 0; z < out; z++) add(n, o, c, y, z, i, j);
  }
  return total;
}
