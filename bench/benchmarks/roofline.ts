import type { Gpu } from "../../src/gpu/device.ts";
import { multiplyAdds } from "../../src/sampler/fused/variant.ts";
import type { Benchmark, Row } from "../benchmark.ts";
import { ourContender } from "../ours.ts";
import { decoder } from "../workloads/decoder.ts";
import { modelChain } from "../workloads/model-chain.ts";
import { ourDecoder } from "../workloads/our-decoder.ts";
import { product } from "../workloads/product.ts";
import { registersOnly } from "../workloads/registers.ts";

interface Work {
  name: string;
  /** Multiplications and additions of one run, each counted. */
  operations: number;
  /** Encodables of one run. */
  run: Parameters<typeof ourContender>[2];
  destroy(): void;
}

async function roofOf(gpu: Gpu, width: number, scale: number): Promise<Work> {
  const { dispatch, operations, destroy } = await registersOnly(gpu, width, scale);
  return { name: `registers only, ${width} sums`, operations, run: [dispatch], destroy };
}

async function productOf(gpu: Gpu, m: number, k: number, n: number): Promise<Work> {
  const { program, operations, destroy } = await product(gpu, [m, k, n]);
  return { name: `matmul [${m},${k}] x [${k},${n}]`, operations, run: [program], destroy };
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
    const scale = gpu.software ? 1 : 4;
    const roof = quick ? [await roofOf(gpu, 8, 1)] : await Promise.all([8, 12, 16].map((width) => roofOf(gpu, width, scale)));
    const work: Work[] = [...roof];
    for (const chains of quick ? [64] : [3000, 51_000]) work.push(await decoderChain(gpu, chains));
    if (!quick) for (const withTarget of [false, true]) work.push(await hierarchicalChain(gpu, 8000, withTarget));
    for (const size of quick ? [64] : [512, 1024]) work.push(await productOf(gpu, size, size, size));
    if (!quick) work.push(await productOf(gpu, 51_000, 15, 256), await productOf(gpu, 51_000, 256, 26));
    say("roofline: everything is compiled");
    const measured = await measure(work.map(({ name, run }) => ourContender(gpu, clock, run, name)));
    const speed = measured.map(({ ms }, i) => work[i].operations / ms / 1e6);
    const best = Math.max(...speed.slice(0, roof.length));
    const rows: Row[] = work.map(({ name }, i) => ({ kernel: name, ms: measured[i].ms, "GFLOP/s": speed[i], "share of registers only, %": (100 * speed[i]) / best }));
    for (const { destroy } of work) destroy();
    return { notes: ["A multiply-add counts as two operations; of the chains only those of the networks count, not random numbers, ReLU or Metropolis."], rows };
  },
};
