import { deviceTensor } from "../../src/autodiff/index.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { makeDispatch, type Dispatch } from "../../src/gpu/dispatch.ts";
import { compile, matmul, Tape } from "../../src/autodiff/index.ts";
import { multiplyAdds } from "../../src/sampler/fused/variant.ts";
import type { Benchmark, Row } from "../benchmark.ts";
import { pseudo } from "../numbers.ts";
import { ourContender } from "../ours.ts";
import { ourDecoder } from "../workloads/decoder-contenders.ts";
import { decoder } from "../workloads/decoder.ts";
import { modelChain } from "../workloads/model-chain.ts";

interface Work {
  name: string;
  /** Multiplications and additions of one run, each counted. */
  operations: number;
  /** Encodables of one run. */
  run: Parameters<typeof ourContender>[2];
  destroy(): void;
}

/** Multiply-adds on registers alone, with `width` independent sums an invocation: what no kernel of multiply-adds can pass. */
async function registersOnly(gpu: Gpu, width: number, scale: number): Promise<Work> {
  const sums = Array.from({ length: width }, (_, i) => `s${i}`);
  const [perRound, count, invocations] = [Math.ceil(384 / width), 400 * scale, 4096];
  const round = sums.map((name) => `${name} = fma(${name}, x, y);`).join(" ");
  const wgsl = `@group(0) @binding(0) var<storage, read_write> out: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = 1.0 - f32(id.x) * 1e-9; let y = f32(id.x) * 1e-3;
  ${sums.map((name, i) => `var ${name} = ${i}.0 + y;`).join(" ")}
  for (var n = 0u; n < ${count}u; n++) { ${round.repeat(perRound)} }
  out[id.x] = ${sums.join(" + ")};
}`;
  const out = deviceTensor(gpu, [invocations]);
  const dispatch: Dispatch = await makeDispatch(gpu, { name: "registers", file: "bench", wgsl, bindings: ["write"] }, [out.storage], [invocations / 64, 1, 1]);
  return { name: `registers only, ${width} sums`, operations: 2 * width * perRound * count * invocations, run: [dispatch], destroy: () => out.destroy() };
}

async function product(gpu: Gpu, m: number, k: number, n: number): Promise<Work> {
  const tape = new Tape();
  const [a, b] = [deviceTensor(gpu, [m, k], pseudo(m * k, 1)), deviceTensor(gpu, [k, n], pseudo(k * n, 2))];
  const program = await compile(gpu, { product: matmul(tape.read(a), tape.read(b)) });
  const destroy = (): void => [a, b, program.outputs.product, program].forEach((thing) => thing.destroy());
  return { name: `matmul [${m},${k}] x [${k},${n}]`, operations: 2 * m * n * k, run: [program], destroy };
}

async function decoderChain(gpu: Gpu, chains: number): Promise<Work> {
  const { chain, spec, destroy } = await ourDecoder(gpu, chains, 1);
  return { name: `fused chain, decoder 15-256-26, ${chains} chains`, operations: 2 * multiplyAdds(spec) * (decoder.leapfrogSteps + 1) * chains, run: [chain], destroy };
}

async function hierarchicalChain(gpu: Gpu, chains: number, withTarget: boolean): Promise<Work> {
  const { chain, operations, destroy } = await modelChain(gpu, { chains, transitions: 1, leapfrogSteps: 5, features: 13, withTarget });
  return { name: `fused chain, 10 + 5 latents, 13 features, y ${withTarget ? "observed" : "hidden"}, ${chains} chains`, operations, run: [chain], destroy };
}

export const rooflineBenchmark: Benchmark = {
  name: "roofline",
  about: "the share of what multiply-adds on registers alone reach, for the fused chain and matrix products",
  async run({ gpu, clock, quick, measure, say }) {
    const scale = gpu.software ? 1 : 100;
    const roof = quick ? [await registersOnly(gpu, 8, 1)] : await Promise.all([8, 12, 16].map((width) => registersOnly(gpu, width, scale)));
    const work: Work[] = [...roof];
    for (const chains of quick ? [64] : [3000, 51_000]) work.push(await decoderChain(gpu, chains));
    if (!quick) for (const withTarget of [false, true]) work.push(await hierarchicalChain(gpu, 8000, withTarget));
    for (const size of quick ? [64] : [512, 1024]) work.push(await product(gpu, size, size, size));
    if (!quick) work.push(await product(gpu, 51_000, 15, 256), await product(gpu, 51_000, 256, 26));
    say("roofline: everything is compiled");
    const measured = await measure(work.map(({ name, run }) => ourContender(gpu, clock, run, name)));
    const speed = measured.map(({ ms }, i) => work[i].operations / ms / 1e6);
    const best = Math.max(...speed.slice(0, roof.length));
    const rows: Row[] = work.map(({ name }, i) => ({ kernel: name, ms: measured[i].ms, "GFLOP/s": speed[i], "share of registers only, %": (100 * speed[i]) / best }));
    for (const { destroy } of work) destroy();
    return { notes: ["A multiply-add counts as two operations; of the chains only those of the networks count, not random numbers, ReLU or Metropolis."], rows };
  },
};
