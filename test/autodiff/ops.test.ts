import { describe, it } from "vitest";
import * as ad from "../../src/autodiff/index.ts";
import type { Tensor } from "../../src/autodiff/index.ts";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import { testDevice } from "../device.ts";
import { checkOp, type OpCase } from "./check-gradients.ts";

const positive = (n: number, stream: number): Float64Array => Float64Array.from(normal(keyFromSeed(3), n, stream), (v) => 0.2 + Math.abs(v));
/** Values well apart, so that maxima are unique and central differences stay on one side. */
const spread = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => ((i * 7919) % n) * 0.1 - 0.05 * n + 0.013);
const map = (f: (x: number) => number) => ([x]: Float64Array[]): ArrayLike<number> => x.map(f);
const zip = (f: (a: number, b: number) => number) => ([a, b]: Float64Array[]): ArrayLike<number> => a.map((x, i) => f(x, b[i % b.length]));
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const unary: Record<string, [(x: Tensor) => Tensor, (x: number) => number, Float64Array?]> = {
  neg: [ad.neg, (x) => -x],
  exp: [ad.exp, Math.exp],
  log: [ad.log, Math.log, positive(67, 1)],
  floor: [ad.floor, Math.floor],
  log1p: [ad.log1p, Math.log1p, positive(67, 1)],
  expm1: [ad.expm1, Math.expm1],
  sqrt: [ad.sqrt, Math.sqrt, positive(67, 1)],
  square: [ad.square, (x) => x * x],
  reciprocal: [ad.reciprocal, (x) => 1 / x, positive(67, 1)],
  abs: [ad.abs, Math.abs],
  relu: [ad.relu, (x) => Math.max(x, 0)],
  tanh: [ad.tanh, Math.tanh],
  sigmoid: [ad.sigmoid, sigmoid],
  softplus: [ad.softplus, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))],
  sin: [ad.sin, Math.sin],
  cos: [ad.cos, Math.cos],
};

describe("elementwise functions of one argument", () => {
  for (const [name, [build, f, inputs]] of Object.entries(unary)) {
    it(`${name}: value and gradient`, async () => {
      await checkOp(await testDevice(), { shapes: [[67]], build: ([x]) => build(x), oracle: map(f), inputs: inputs && [inputs], atol: 1e-4 });
    });
  }
});

const cases: Record<string, OpCase> = {
  "add broadcasts from the last axis": { shapes: [[3, 5], [5]], build: ([a, b]) => ad.add(a, b), oracle: zip((a, b) => a + b) },
  sub: { shapes: [[3, 5], [5]], build: ([a, b]) => ad.sub(a, b), oracle: zip((a, b) => a - b) },
  mul: { shapes: [[65], [65]], build: ([a, b]) => ad.mul(a, b), oracle: zip((a, b) => a * b) },
  div: { shapes: [[3, 5], [5]], build: ([a, b]) => ad.div(a, b), oracle: zip((a, b) => a / b), inputs: [positive(15, 1), positive(5, 2)], rtol: 1e-4 },
  maximum: { shapes: [[64], [64]], build: ([a, b]) => ad.maximum(a, b), oracle: zip(Math.max) },
  minimum: { shapes: [[64], [64]], build: ([a, b]) => ad.minimum(a, b), oracle: zip(Math.min) },
  "where takes gradients only on the branch taken": {
    shapes: [[33], [33]], build: ([a, b]) => ad.where(ad.greater(a, 0), a, ad.square(b)), oracle: zip((a, b) => (a > 0 ? a : b * b)),
  },
  "clamp": { shapes: [[65]], build: ([x]) => ad.clamp(x, -0.5, 0.7), oracle: map((x) => Math.min(0.7, Math.max(-0.5, x))) },
  "sum over the first axis": { shapes: [[7, 3]], build: ([x]) => ad.sum(x, 0), oracle: ([x]) => [0, 1, 2].map((j) => rows(7).reduce((s, i) => s + x[i * 3 + j], 0)) },
  "sum over outer and inner axes": { shapes: [[3, 4, 5]], build: ([x]) => ad.sum(x, [0, 2]), oracle: ([x]) => rows(4).map((j) => rows(15).reduce((s, i) => s + x[Math.floor(i / 5) * 20 + j * 5 + (i % 5)], 0)) },
  "mean of everything": { shapes: [[33, 3]], build: ([x]) => ad.mean(x), oracle: ([x]) => [x.reduce((a, b) => a + b) / 99] },
  "max over the last axis": { shapes: [[5, 13]], build: ([x]) => ad.max(x, -1), oracle: ([x]) => rows(5).map((i) => Math.max(...x.slice(i * 13, i * 13 + 13))), inputs: [spread(65)] },
  logSumExp: { shapes: [[5, 13]], build: ([x]) => ad.logSumExp(x, 1), oracle: ([x]) => rows(5).map((i) => lse(x.slice(i * 13, i * 13 + 13))) },
  "logSumExp of large numbers": { shapes: [[1, 3]], build: ([x]) => ad.logSumExp(x, 1), oracle: ([x]) => [lse(x)], inputs: [Float64Array.of(1000, 1001, 999)], atol: 1e-3 },
  logSoftmax: { shapes: [[4, 9]], build: ([x]) => ad.logSoftmax(x), oracle: ([x]) => [...x].map((v, i) => v - lse(x.slice(Math.floor(i / 9) * 9, Math.floor(i / 9) * 9 + 9))) },
  transpose: { shapes: [[3, 4, 5]], build: ([x]) => ad.transpose(x, [2, 0, 1]), oracle: ([x]) => rows(60).map((i) => x[Math.floor((i % 12) / 4) * 20 + (i % 4) * 5 + Math.floor(i / 12)]) },
  slice: { shapes: [[4, 7]], build: ([x]) => ad.slice(x, 1, 2, 5), oracle: ([x]) => rows(12).map((i) => x[Math.floor(i / 3) * 7 + 2 + (i % 3)]) },
  pad: { shapes: [[2, 3]], build: ([x]) => ad.pad(x, 1, 1, 6), oracle: ([x]) => rows(12).map((i) => (i % 6 >= 1 && i % 6 < 4 ? x[Math.floor(i / 6) * 3 + (i % 6) - 1] : 0)) },
  concat: { shapes: [[3, 2], [3, 5], [3, 1]], build: (xs) => ad.concat(xs, 1), oracle: ([a, b, c]) => rows(24).map((i) => { const r = Math.floor(i / 8), j = i % 8; return j < 2 ? a[r * 2 + j] : j < 7 ? b[r * 5 + j - 2] : c[r]; }) },
  "broadcastTo inner axes": { shapes: [[3, 1]], build: ([x]) => ad.broadcastTo(x, [2, 3, 4]), oracle: ([x]) => rows(24).map((i) => x[Math.floor(i / 4) % 3]) },
  reshape: { shapes: [[4, 6]], build: ([x]) => ad.sum(ad.reshape(x, [8, 3]), 1), oracle: ([x]) => rows(8).map((i) => x[3 * i] + x[3 * i + 1] + x[3 * i + 2]) },
  "reductions within elementwise functions": { shapes: [[6, 5]], build: ([x]) => ad.sub(x, ad.keepAxes(ad.mean(x, 1), x, [1])), oracle: ([x]) => [...x].map((v, i) => v - x.slice(Math.floor(i / 5) * 5, Math.floor(i / 5) * 5 + 5).reduce((a, b) => a + b) / 5) },
};

describe("elementwise, shape and reducing ops", () => {
  for (const [name, test] of Object.entries(cases)) it(name, async () => checkOp(await testDevice(), test));
});

describe("matmul", () => {
  const sizes = [[1, 1, 1], [3, 17, 5], [33, 31, 65], [100, 28, 20]] as const;
  for (const [m, k, n] of sizes) {
    for (const [transA, transB] of [[false, false], [true, false], [false, true], [true, true]]) {
      it(`[${m}, ${k}] x [${k}, ${n}]${transA ? ", a transposed" : ""}${transB ? ", b transposed" : ""}`, async () => {
        await checkMatmul({ m, k, n, transA, transB });
      });
    }
  }
  it("batched, with a bias and ReLU in its epilogue", async () => {
    await checkOp(await testDevice(), {
      shapes: [[3, 7, 2], [3, 2, 5], [3, 5]],
      build: ([x, w, b]) => ad.relu(ad.linear(x, w, b)),
      oracle: ([x, w, b]) => rows(105).map((i) => { const g = Math.floor(i / 35), r = Math.floor((i % 35) / 5), j = i % 5; return Math.max(0, b[g * 5 + j] + x[g * 14 + r * 2] * w[g * 10 + j] + x[g * 14 + r * 2 + 1] * w[g * 10 + 5 + j]); }),
    });
  });

  async function checkMatmul({ m, k, n, transA, transB }: { m: number; k: number; n: number; transA: boolean; transB: boolean }): Promise<void> {
    await checkOp(await testDevice(), {
      shapes: [transA ? [k, m] : [m, k], transB ? [n, k] : [k, n]],
      build: ([a, b]) => ad.matmul(a, b, { transA, transB }),
      oracle: ([a, b]) => rows(m * n).map((e) => { const i = Math.floor(e / n), j = e % n; let s = 0; for (let l = 0; l < k; l++) s += a[transA ? l * m + i : i * k + l] * b[transB ? j * k + l : l * n + j]; return s; }),
      atol: 1e-4,
      // central differences over every element are quadratic: large products check only one operand
      differentiable: m * k * n > 20_000 ? [] : undefined,
    });
  }
});

function rows(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

function lse(x: ArrayLike<number>): number {
  const top = Math.max(...Array.from(x));
  return top + Math.log(Array.from(x).reduce((s, v) => s + Math.exp(v - top), 0));
}
