import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { candidateVariants, defaultVariant, matmulKernel, plainMatmul } from "../../../src/autodiff/kernels/matmul/matmul.ts";
import { tileVariants } from "../../../src/autodiff/kernels/matmul/matmul-hardware-cost.ts";
import { matmulElements, type MatmulShape } from "../../../src/autodiff/kernels/matmul/matmul-shape.ts";
import { registerVariant, workgroupVariant, type MatmulVariant } from "../../../src/autodiff/kernels/matmul/matmul-variant.ts";
import type { ProductDevice } from "../../../src/autodiff/kernels/product.ts";
import { GPU_BUFFER, type Gpu } from "../../../src/gpu/device.ts";
import { openDevice } from "../../../src/gpu/open-dawn.ts";
import { makeDispatch, submit, type Storage } from "../../../src/gpu/dispatch.ts";
import { keyFromSeed, threefry2x32 } from "../../../src/math/key.ts";
import { expectClose } from "../../expect-close.ts";

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openDevice();
});
afterAll(() => gpu.close());

const matrix = (m: number, n: number, k: number, more: Partial<MatmulShape> = {}): MatmulShape => ({
  batch: 1, m, n, k, transA: false, transB: false, batchA: true, batchB: true, ...more,
});

/** With everything that the device offers, and with nothing. */
const devices = (): ProductDevice[] => [
  { software: true, subgroupSize: gpu.subgroupSize, uniformOperands: true },
  { software: true, subgroupSize: 0, uniformOperands: false },
];

/** Uniform in [-1, 1), different for each seed. */
function values(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => threefry2x32(keyFromSeed(seed), [i, 0])[0] / 2 ** 31 - 1);
}

/** The product in float64, with each element's sum of absolute products as the scale of its rounding error. */
function reference(shape: MatmulShape, a: Float32Array, b: Float32Array): { product: Float64Array; scale: Float64Array } {
  const { batch, m, n, k, transA, transB, batchA, batchB, split } = shape;
  const { parts, inner } = split ?? { parts: 1, inner: k };
  const matrices = batch / parts;
  const product = new Float64Array(batch * m * n);
  const scale = new Float64Array(batch * m * n);
  for (let g = 0; g < batch; g++) {
    for (let row = 0; row < m; row++) {
      for (let col = 0; col < n; col++) {
        const at = (g * m + row) * n + col;
        const first = Math.floor(g / matrices) * k;
        for (let q = first; q < Math.min(first + k, inner); q++) {
          const x = a[(batchA ? (g % matrices) * m * inner : 0) + (transA ? q * m + row : row * inner + q)];
          const y = b[(batchB ? (g % matrices) * n * inner : 0) + (transB ? col * inner + q : q * n + col)];
          product[at] += x * y;
          scale[at] += Math.abs(x * y);
        }
      }
    }
  }
  return { product, scale };
}

function upload(data: Float32Array): Storage {
  const bytes = Math.ceil(data.byteLength / 256) * 256;
  const buffer = gpu.createBuffer(bytes, GPU_BUFFER.STORAGE | GPU_BUFFER.UNIFORM | GPU_BUFFER.COPY_DST, "operand");
  gpu.device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);
  return { buffer, offset: 0, bytes: data.byteLength };
}

async function check(shape: MatmulShape, variants: MatmulVariant[]): Promise<void> {
  const { k } = shape;
  const [ofA, ofB] = matmulElements(shape);
  const a = values(ofA, 1);
  const b = values(ofB, 2);
  const { product, scale } = reference(shape, a, b);
  const storages = [upload(a), upload(b)];
  let first: Float32Array | undefined;
  for (const variant of variants) {
    const plain = plainMatmul(shape, variant);
    const bytes = 4 * product.length;
    const buffer = gpu.createBuffer(bytes, GPU_BUFFER.STORAGE | GPU_BUFFER.COPY_SRC, "product");
    submit(gpu, [await makeDispatch(gpu, plain.source, plain.storages(storages[0], storages[1], { buffer, offset: 0, bytes }), plain.dispatch)]);
    const got = new Float32Array(await gpu.readBuffer(buffer, 0, bytes));
    // each element's rounding error is at most k units in the last place of its sum of absolute products
    const error = got.map((value, i) => (value - product[i]) / scale[i]);
    try {
      expectClose(error, new Float64Array(error.length), { atol: k * 2 ** -24 + 2 ** -23 });
    } catch (cause) {
      throw new Error(`${variant.name} on ${JSON.stringify(shape)}: ${(cause as Error).message}`);
    }
    // all variants sum in the same order, so that a choice by measurement changes no result
    first ??= got;
    if (Buffer.compare(Buffer.from(got.buffer), Buffer.from(first.buffer)) !== 0) throw new Error(`${variant.name} on ${JSON.stringify(shape)}: other bytes than ${variants[0].name}`);
    buffer.destroy();
  }
  for (const { buffer } of storages) buffer.destroy();
}

const transpositions = [
  { transA: false, transB: false },
  { transA: true, transB: false },
  { transA: false, transB: true },
  { transA: true, transB: true },
];

describe.each(transpositions)("a product with transA $transA, transB $transB agrees with float64", (transposition) => {
  it.each([
    [1, 1, 1], [3, 1, 17], [17, 31, 33], [65, 127, 66], [20, 36, 24], [20, 36, 7],
  ])("at %i x %i x %i", async (m, n, k) => {
    const shape = matrix(m, n, k, transposition);
    await check(shape, devices().map((device) => defaultVariant(shape, device)));
  });

  it("over batches, with either operand shared", async () => {
    for (const shared of [{}, { batchA: false }, { batchB: false }]) {
      const shape = matrix(10, 2, 7, { batch: 3, ...transposition, ...shared });
      await check(shape, [defaultVariant(shape, devices()[0])]);
    }
  });
});

it.each([
  { m: 20, n: 36, k: 12, transA: true, transB: false },
  { m: 13, n: 18, k: 7, transA: false, transB: true },
])("every candidate agrees with float64, and all with each other bit by bit, at $m x $n x $k", async ({ m, n, k, ...transposition }) => {
  const shape = matrix(m, n, k, transposition);
  await check(shape, candidateVariants(shape, devices()[0]));
  // as on hardware
  await check(shape, candidateVariants(shape, { software: false, subgroupSize: gpu.subgroupSize, uniformOperands: false }));
});

it("the workgroup-memory variant agrees with float64, and with a register tile bit by bit", async () => {
  const shape = matrix(37, 33, 19);
  await check(shape, [workgroupVariant(16, 16, 8, 2, 2), defaultVariant(shape, devices()[0])]);
});

it("grids beyond 65,535 tiles in a dimension are folded and complete", async () => {
  const shape = matrix(70_001, 2, 1, { batch: 8, batchB: false });
  const variant = registerVariant("columns", 0, 1, 1, false);
  expect(Math.max(...matmulKernel(shape, variant).dispatch)).toBeLessThanOrEqual(65_535);
  await check(shape, [variant]);
});

describe("the workgroup tiles, as hardware takes them,", () => {
  it.each(tileVariants.map((variant) => ({ name: variant.name, variant })))("$name agrees with float64 at sizes that it does not divide", async ({ variant }) => {
    // one value at a time, and four: of k, of rows, of columns
    await check(matrix(131, 67, 45, transpositions[0]), [variant]);
    await check(matrix(132, 68, 72, transpositions[1]), [variant]);
  });

  it.each(transpositions)("agree with each other and with a register tile bit by bit, with transA $transA, transB $transB", async (transposition) => {
    const variants = [workgroupVariant(16, 16, 64, 1, 1), workgroupVariant(32, 16, 32, 2, 1), workgroupVariant(32, 64, 16, 2, 4)];
    for (const [m, n, k] of [[33, 35, 70], [36, 40, 100], [1, 63, 3]]) {
      const shape = matrix(m, n, k, transposition);
      await check(shape, [...variants, defaultVariant(shape, devices()[1])]);
    }
  });

  it("take one tile of workgroup memory where two do not fit", async () => {
    const shape = matrix(70, 130, 50);
    await check(shape, [workgroupVariant(64, 128, 16, 8, 8), defaultVariant(shape, devices()[1])]);
  });

  it.each([{ inner: 103, k: 28 }, { inner: 120, k: 40 }, { inner: 1000, k: 252 }])("sum parts of $inner inner indices, $k in each", async ({ inner, k }) => {
    const parts = Math.ceil(inner / k);
    for (const transposition of transpositions.slice(0, 3)) {
      const shape = matrix(20, 18, k, { ...transposition, batch: 2 * parts, split: { parts, inner }, batchB: false });
      await check(shape, [workgroupVariant(16, 16, 16, 1, 1), workgroupVariant(16, 64, 16, 1, 4)]);
    }
  });
});
