import { expect, it } from "vitest";
import { productCycles, tileCycles } from "../../../src/autodiff/kernels/matmul/matmul-hardware-cost.ts";
import { candidateVariants, defaultVariant } from "../../../src/autodiff/kernels/matmul/matmul.ts";
import type { MatmulShape } from "../../../src/autodiff/kernels/matmul/matmul-shape.ts";
import { inParts, splitLength } from "../../../src/autodiff/kernels/matmul/matmul-split.ts";
import { workgroupVariant } from "../../../src/autodiff/kernels/matmul/matmul-variant.ts";

const hardware = { software: false, subgroupSize: 32, uniformOperands: false };

const matrix = (m: number, n: number, k: number, more: Partial<MatmulShape> = {}): MatmulShape => ({ batch: 1, m, n, k, transA: false, transB: false, batchA: true, batchB: true, ...more });

/** The tile of a [m, k] x [k, n] product on hardware, and what each part of its sums takes. */
const choice = (m: number, n: number, k: number, batch = 1): string => {
  const shape = matrix(m, n, k, { batch });
  const length = splitLength(shape);
  const product = length === k ? shape : inParts(shape, length);
  return `${defaultVariant(product, hardware).name}${product.split ? `, ${product.split.parts} parts of ${length}` : ""}`;
};

it.each([
  // large squares, each with as large a tile as leaves every multiprocessor work
  [2048, 2048, 2048, "workgroup-128x128x8-8x8"],
  [1024, 1024, 1024, "workgroup-128x64x16-8x4"],
  [512, 512, 512, "workgroup-32x32x32-2x2"],
  // many rows, few columns
  [51_000, 64, 300, "workgroup-64x64x16-4x4"],
  [51_000, 256, 15, "workgroup-128x128x8-8x8"],
  [51_000, 26, 256, "workgroup-256x32x8-8x4"],
  // layers of a training batch: as many workgroups as there may be
  [100, 256, 20, "workgroup-16x16x64-1x1"],
  [100, 20, 256, "workgroup-16x16x64-1x1"],
  // gradients of weights over a batch, over many rows
  [256, 26, 100, "workgroup-16x16x64-1x1"],
  [256, 26, 3000, "workgroup-32x32x32-2x2, 32 parts of 96"],
  [256, 26, 51_000, "workgroup-256x32x8-8x4, 255 parts of 200"],
  [300, 64, 51_000, "workgroup-64x64x16-4x4, 128 parts of 400"],
  [1, 1, 100_000, "workgroup-16x16x64-1x1, 256 parts of 392"],
])("a product of [%i, %i] results over %i inner indices: %4$s", (m, n, k, expected) => {
  expect(choice(m, n, k)).toBe(expected);
});

it("parts are whole vectors, cover the inner index and leave none empty", () => {
  for (let k = 64; k < 200_000; k = Math.ceil(k * 1.37)) {
    const shape = matrix(20, 30, k);
    const length = splitLength(shape);
    if (length === k) continue;
    const { parts, inner } = inParts(shape, length).split!;
    expect(length % 4).toBe(0);
    expect(inner).toBe(k);
    expect((parts - 1) * length).toBeLessThan(k);
    expect(parts * length).toBeGreaterThanOrEqual(k);
  }
});

it("no product is counted faster than its multiply-adds or its bytes allow", () => {
  for (const shape of [matrix(2048, 2048, 2048), matrix(51_000, 256, 15), matrix(51_000, 64, 300), matrix(100, 256, 20, { batch: 13 })]) {
    const { batch, m, n, k } = shape;
    expect(productCycles(shape)).toBeGreaterThanOrEqual((batch * m * n * k) / (132 * 128));
    expect(productCycles(shape)).toBeGreaterThanOrEqual((4 * batch * (m * k + k * n + m * n)) / 1500);
  }
});

it("a longer inner index and more rows never count less", () => {
  const tile = workgroupVariant(64, 64, 16, 4, 4);
  for (const k of [4, 16, 17, 300, 4096]) expect(tileCycles(matrix(1000, 64, 2 * k), tile)).toBeGreaterThanOrEqual(tileCycles(matrix(1000, 64, k), tile));
  for (const m of [1, 64, 65, 4096, 100_000]) expect(tileCycles(matrix(2 * m, 64, 300), tile)).toBeGreaterThanOrEqual(tileCycles(matrix(m, 64, 300), tile));
});

it("a tuning on hardware tries the rule's tile first, other tiles, then register tiles; parts are tried with tiles alone", () => {
  const shape = matrix(512, 512, 512);
  const variants = candidateVariants(shape, hardware);
  expect(variants[0]).toEqual(defaultVariant(shape, hardware));
  expect(variants.map(({ kind }) => kind).join()).toMatch(/^(workgroup,){8}(register,?)+$/);
  expect(new Set(variants.map(({ name }) => name)).size).toBe(variants.length);
  expect(candidateVariants(inParts(matrix(256, 26, 51_000), 200), hardware).every(({ kind }) => kind === "workgroup")).toBe(true);
});
