import { compile, deviceTensor, matmul, Tape, type Program } from "../../src/autodiff/index.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { expectNear, pseudo } from "../numbers.ts";

/** Rows, inner size and columns of a product. */
export type Shape = readonly [m: number, k: number, n: number];

const checked = 64;

interface Product {
  a: Float32Array<ArrayBuffer>;
  b: Float32Array<ArrayBuffer>;
  program: Program;
  /** Multiplications and additions of one run, each counted. */
  operations: number;
  /** Throws unless elements spread over the product are right. */
  check(who: string, got: ArrayLike<number>): void;
  /** Runs it and checks what it gives. */
  checkOurs(): Promise<void>;
  destroy(): void;
}

/** A product of two matrices as the tape compiles it. */
export async function product(gpu: Gpu, shape: Shape): Promise<Product> {
  const [m, k, n] = shape;
  const [a, b] = [pseudo(m * k, 1), pseudo(k * n, 2)];
  const at = Array.from({ length: checked }, (_, i) => Math.floor((i * (m * n - 1)) / (checked - 1)));
  const expected = at.map((index) => element(a, b, shape, index));
  const check: Product["check"] = (who, got) => expectNear(who, at.map((index) => got[index]), expected, { rtol: 1e-5, atol: 2e-6 * Math.sqrt(k) });
  const tape = new Tape();
  const [ta, tb] = [deviceTensor(gpu, [m, k], a), deviceTensor(gpu, [k, n], b)];
  const program = await compile(gpu, { product: matmul(tape.read(ta), tape.read(tb)) });
  return {
    a, b, program, check,
    operations: 2 * m * n * k,
    async checkOurs() {
      program.run();
      check("ours", await program.outputs.product.read());
    },
    destroy: () => [ta, tb, program.outputs.product, program].forEach((thing) => thing.destroy()),
  };
}

/** One element of the product in float64. */
export function element(a: ArrayLike<number>, b: ArrayLike<number>, [, k, n]: Shape, index: number): number {
  const [row, column] = [Math.floor(index / n), index % n];
  let sum = 0;
  for (let i = 0; i < k; i++) sum += a[row * k + i] * b[i * n + column];
  return sum;
}
