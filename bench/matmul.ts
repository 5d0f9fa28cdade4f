// GFLOP/s of the matmul variants at the shapes that the models use; every variant is checked before it is timed.
//   npx esbuild bench/matmul.ts --bundle --platform=node --format=esm --external:webgpu --loader:.wgsl=text --outfile=node_modules/.bench.mjs
//   node node_modules/.bench.mjs [--default=] [--shape=1x100x256x256tb] [--variant=rows] [--rounds=9] [--cpu=]
// --cpu= times by the processor time of this process, for software adapters on a busy machine.
import { readdirSync, readFileSync } from "node:fs";
import { candidateVariants, defaultVariant, plainMatmul } from "../src/autodiff/kernels/matmul/matmul.ts";
import type { MatmulShape } from "../src/autodiff/kernels/matmul/matmul-shape.ts";
import type { MatmulVariant } from "../src/autodiff/kernels/matmul/matmul-variant.ts";
import { productDevice } from "../src/autodiff/kernels/product.ts";
import { GPU_BUFFER, type Gpu } from "../src/gpu/device.ts";
import { openDevice } from "../src/gpu/open-dawn.ts";
import { makeDispatch, submit, type Dispatch, type Storage } from "../src/gpu/dispatch.ts";

const matrix = (m: number, n: number, k: number, more: Partial<MatmulShape> = {}): MatmulShape => ({
  batch: 1, m, n, k, transA: false, transB: false, batchA: true, batchB: true, ...more,
});

const shapes: MatmulShape[] = [
  matrix(100, 256, 256),
  matrix(256, 256, 100, { transA: true }),
  matrix(100, 256, 256, { transB: true }),
  matrix(100, 256, 28),
  matrix(100, 20, 256),
  matrix(20, 256, 100, { transA: true }),
  matrix(100, 256, 20, { transB: true }),
  matrix(100, 256, 10),
  matrix(100, 13, 256),
  matrix(51_000, 256, 15),
  matrix(51_000, 26, 256),
  matrix(51_000, 256, 26, { transB: true }),
  matrix(51_000, 15, 256, { transB: true }),
  matrix(100, 32, 2, { batch: 13 }),
  matrix(100, 2, 32, { batch: 13 }),
  matrix(32, 2, 100, { batch: 13, transA: true }),
  matrix(15, 256, 51_000, { transA: true }),
  matrix(256, 26, 51_000, { transA: true }),
  matrix(10, 2, 51_000, { transA: true }),
  matrix(256, 256, 256),
  matrix(512, 512, 512),
  matrix(1024, 1024, 1024),
  matrix(2048, 2048, 2048),
];

const median = (values: number[]): number => [...values].sort((x, y) => x - y)[values.length >> 1];

interface Entry {
  variant: MatmulVariant;
  dispatch: Dispatch;
  compileMs: number;
  count: number;
  times: number[];
}

async function measure(gpu: Gpu, shape: MatmulShape, variants: MatmulVariant[], rounds: number): Promise<void> {
  const { batch, m, n, k } = shape;
  const operand = (count: number): { data: Float32Array<ArrayBuffer>; storage: Storage } => {
    const data = Float32Array.from({ length: count }, (_, i) => ((i * 2_654_435_761) % 4_294_967_296) / 2 ** 31 - 1);
    const buffer = gpu.createBuffer(Math.ceil(data.byteLength / 256) * 256, GPU_BUFFER.STORAGE | GPU_BUFFER.UNIFORM | GPU_BUFFER.COPY_DST, "operand");
    gpu.device.queue.writeBuffer(buffer, 0, data);
    return { data, storage: { buffer, offset: 0, bytes: data.byteLength } };
  };
  const a = operand((shape.batchA ? batch : 1) * m * k);
  const b = operand((shape.batchB ? batch : 1) * n * k);
  const bytes = 4 * batch * m * n;
  const out: Storage = { buffer: gpu.createBuffer(bytes, GPU_BUFFER.STORAGE | GPU_BUFFER.COPY_SRC, "out"), offset: 0, bytes };
  const clock = argument("cpu") === undefined ? () => performance.now() : workersMs;
  const run = async (dispatch: Dispatch, count: number): Promise<number> => {
    const start = clock();
    submit(gpu, Array.from({ length: count }, () => dispatch));
    await gpu.idle();
    return (clock() - start) / count;
  };
  const entries: Entry[] = [];
  for (const variant of variants) {
    const plain = plainMatmul(shape, variant);
    const start = performance.now();
    const dispatch = await makeDispatch(gpu, plain.source, plain.storages(a.storage, b.storage, out), plain.dispatch);
    await run(dispatch, 1);
    const compileMs = performance.now() - start;
    check(shape, variant, a.data, b.data, new Float32Array(await gpu.readBuffer(out.buffer, 0, bytes)));
    const once = Math.min(await run(dispatch, 2), await run(dispatch, 2));
    entries.push({ variant, dispatch, compileMs, count: Math.max(1, Math.ceil(6 / once)), times: [] });
  }
  for (let round = 0; round < rounds; round++) for (const entry of entries) entry.times.push(await run(entry.dispatch, entry.count));
  const flops = 2 * batch * m * n * k;
  console.log(`${batch > 1 ? `${batch} x ` : ""}[${m},${k}] x [${k},${n}]${shape.transA ? " a transposed" : ""}${shape.transB ? " b transposed" : ""}`);
  entries.sort((x, y) => median(x.times) - median(y.times));
  for (const { variant, times, compileMs } of entries) {
    const ms = median(times);
    const isDefault = variant.name === variants[0].name ? " (default)" : "";
    console.log(`  ${(flops / ms / 1e6).toFixed(1).padStart(7)} GFLOP/s (best ${(flops / Math.min(...times) / 1e6).toFixed(1)}) ${(1000 * ms).toFixed(0).padStart(7)} us, first run ${compileMs.toFixed(0)} ms  ${variant.name}${isDefault}`);
  }
  for (const { buffer } of [a.storage, b.storage, out]) buffer.destroy();
}

/** Compares sampled elements with float64. */
function check(shape: MatmulShape, variant: MatmulVariant, a: Float32Array, b: Float32Array, got: Float32Array): void {
  const { m, n, k } = shape;
  const count = Math.min(got.length, 500);
  for (let s = 0; s < count; s++) {
    const at = Math.floor((s * (got.length - 1)) / Math.max(1, count - 1));
    const [g, row, col] = [Math.floor(at / (m * n)), Math.floor(at / n) % m, at % n];
    let sum = 0;
    for (let q = 0; q < k; q++) {
      const x = a[(shape.batchA ? g * m * k : 0) + (shape.transA ? q * m + row : row * k + q)];
      sum += x * b[(shape.batchB ? g * n * k : 0) + (shape.transB ? col * k + q : q * n + col)];
    }
    if (!(Math.abs(got[at] - sum) <= 1e-6 * Math.max(k, 10))) throw new Error(`${variant.name}: element [${g},${row},${col}] is ${got[at]}, expected ${sum}`);
  }
}

/** Processor time in milliseconds of two cores, without the main thread, which only waits: it hardly depends on what else runs. */
function workersMs(): number {
  let total = 0;
  for (const task of readdirSync("/proc/self/task")) {
    if (Number(task) !== process.pid) total += Number(readFileSync(`/proc/self/task/${task}/schedstat`, "utf8").split(" ")[0]);
  }
  return total / 2e6;
}

const argument = (name: string): string | undefined => process.argv.find((text) => text.startsWith(`--${name}=`))?.slice(name.length + 3);
const gpu = await openDevice();
const device = productDevice(gpu);
console.log(`${gpu.name}${gpu.software ? " (a processor: these are CPU timings)" : ""}, subgroups of ${device.subgroupSize || "no fixed size"}`);
const only = argument("shape");
const variantFilter = argument("variant");
for (const shape of shapes) {
  const { batch, m, n, k } = shape;
  if (only && `${batch}x${m}x${n}x${k}${shape.transA ? "ta" : ""}${shape.transB ? "tb" : ""}` !== only) continue;
  const variants = argument("default") === undefined ? candidateVariants(shape, device) : [defaultVariant(shape, device)];
  await measure(gpu, shape, variants.filter(({ name }, i) => i === 0 || !variantFilter || name.includes(variantFilter)), Number(argument("rounds") ?? 9));
}
gpu.close();
