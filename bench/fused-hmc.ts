// Whole HMC chains in one kernel, by variant: GFLOP/s, microseconds per chain and gradient, time of the first run (compilation).
// The decoder 10-256-13 with the generative MLP 5-256-20, y hidden; with --y also the predictor, its x_hat and noise.
//   --latents=10,5 --features=D --chains=N --steps=T,L --variants=chains/units/loads/sums[/lanes that share a chain],...
//   e.g. --variants=4/2/shared/memory,1/1/together/registers,1/1/together/registers/32
//   --chunks=N also runs them N at a time, as runs that pass memory do, against one of N chains: time per chain
// Every result is compared with the first variant's before it is timed.
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { deviceTensor, type DeviceTensor } from "../src/autodiff/index.ts";
import { openDevice } from "../src/gpu/open-dawn.ts";
import { submit } from "../src/gpu/dispatch.ts";
import { keyFromSeed, normal } from "../src/math/key.ts";
import { compileFusedHmc, type FusedChain } from "../src/sampler/fused/fused-chain.ts";
import { inChunks } from "../src/sampler/fused/in-chunks.ts";
import type { FusedColumn, FusedSpec, MlpWeights } from "../src/sampler/fused/spec.ts";
import { chooseVariant, multiplyAdds, type FusedVariant } from "../src/sampler/fused/variant.ts";
import { registersOnly } from "./workloads/registers.ts";

const argument = (name: string): string | undefined => process.argv.find((text) => text.startsWith(`--${name}=`))?.slice(name.length + 3);
const withTargets = process.argv.includes("--y");
const chains = Number(argument("chains") ?? 8000);
const rows = Math.min(chains, 100);
const [transitions, leapfrogSteps] = (argument("steps") ?? "1,5").split(",").map(Number);
const rounds = Number(argument("rounds") ?? 5);

const gpu = await openDevice();
let seed = 1;
const tensor = (count: number, scale: number): DeviceTensor => deviceTensor(gpu, [count], normal(keyFromSeed(seed++), count).map((x) => x * scale));
const mlp = (inputs: number, hidden: number, outputs: number, groups = 1): MlpWeights => ({
  input: { kernel: tensor(groups * inputs * hidden, inputs ** -0.5), bias: tensor(groups * hidden, 0.3) },
  output: { kernel: tensor(groups * hidden * outputs, hidden ** -0.5), bias: tensor(groups * outputs, 0.3) },
});
const latents = (argument("latents") ?? "10,5").split(",").map(Number);
const [features, hidden] = [Number(argument("features") ?? 13), 256];
const dim = latents.reduce((total, size) => total + size, 0);
const real: FusedColumn = { kind: "gaussian", entries: 1 };
const spec: FusedSpec = {
  latents, hidden, features, variance: 0.1,
  generative: latents.slice(1).map((size, l) => mlp(size, hidden, 2 * latents[l])), decoder: mlp(latents[0], hidden, features),
  ...(withTargets && {
    predictor: { weights: mlp(latents[0] + 2 * features, hidden, 1), targets: [real], completion: { weights: mlp(1, 32, 1, features), hidden: 32, columns: new Array<FusedColumn>(features).fill(real) } },
  }),
};
const mask = (count: number): DeviceTensor => deviceTensor(gpu, [count], Float32Array.from({ length: count }, (_, i) => Number((i * 7919) % 13 < 7)));
const data = { z: tensor(rows * features, 1), observed: mask(rows * features), x: tensor(rows * features, 1), y: tensor(rows, 1), observedY: mask(rows) };
const logStepSizes = deviceTensor(gpu, [transitions, dim], new Float32Array(transitions * dim).fill(Math.log(0.02)));
const noise = withTargets ? tensor(transitions * Math.ceil((chains * features) / 64) * 64, 1) : undefined;
const start = argument("chunks") ? new Float32Array() : Float32Array.from(normal(keyFromSeed(99), chains * dim));

const subgroupSize = gpu.subgroupSize;
const parse = (text: string): FusedVariant => {
  const [perInvocation, units, loads, sums, lanes] = text.split("/");
  return { chains: Number(perInvocation) as 1, units: Number(units), loads: loads as "shared", sums: sums as "memory", subgroupSize, workgroup: gpu.software ? Math.max(8, subgroupSize) : 64, ...(lanes && { shared: true, workgroup: Number(lanes) }) };
};
/** With --cpu: processor time of all threads but the main one, over the number of cores: hardly depends on what else runs. */
const clock = (): number => {
  if (!process.argv.includes("--cpu")) return performance.now();
  const others = readdirSync("/proc/self/task").filter((id) => id !== String(process.pid));
  const busy = others.map((id) => Number(readFileSync(`/proc/self/task/${id}/schedstat`, "utf8").split(" ")[0]) / 1e6);
  return busy.reduce((total, ms) => total + ms, 0) / availableParallelism();
};
const named = argument("variants");
const variants = argument("chunks") ? [] : named ? named.split(",").map(parse) : [chooseVariant(gpu, spec, chains), parse("1/1/together/registers")];

console.log(`${gpu.name}${gpu.software ? " (a processor: these are CPU timings)" : ""}; ${chains} chains, T ${transitions}, L ${leapfrogSteps}${withTargets ? ", y observed" : ", y hidden"}`);
const evaluations = transitions * (leapfrogSteps + (withTargets ? 1 : 0)) + 1;
const entries: { chain: FusedChain; variant: FusedVariant; firstMs: number; times: number[] }[] = [];
let expected: Float32Array | undefined;
const time = async (chain: FusedChain): Promise<number> => {
  chain.position.write(start);
  await gpu.idle();
  const begin = clock();
  chain.run();
  await gpu.idle();
  return clock() - begin;
};
for (const variant of variants) {
  const begin = performance.now();
  const chain = await compileFusedHmc(gpu, { spec, rows, chainsPerRow: chains / rows, transitions, leapfrogSteps, data, logStepSizes, noise, variant });
  await time(chain);
  const firstMs = performance.now() - begin;
  const got = await chain.logDensity.read();
  expected ??= got;
  const reference = expected;
  const wrong = got.findIndex((value, i) => !(Math.abs(value - reference[i]) <= 1e-2 + 1e-3 * Math.abs(reference[i])));
  if (wrong >= 0) throw new Error(`${JSON.stringify(variant)}: log density of chain ${wrong} is ${got[wrong]}, expected ${reference[wrong]}`);
  entries.push({ chain, variant, firstMs, times: [] });
}
for (let round = 0; round < rounds; round++) for (const entry of entries) entry.times.push(await time(entry.chain));
for (const { variant, firstMs, times } of entries) {
  const ms = [...times].sort((a, b) => a - b)[times.length >> 1];
  const gflops = (t: number): string => ((2 * multiplyAdds(spec) * evaluations * chains) / t / 1e6).toFixed(1).padStart(6);
  console.log(
    `${gflops(ms)} GFLOP/s (best ${gflops(Math.min(...times))})  ${((1000 * ms) / evaluations / chains).toFixed(2).padStart(6)} us per chain and gradient, ${ms.toFixed(0).padStart(6)} ms, first run ${(firstMs / 1000).toFixed(1)} s   ${variant.chains} chains, ${variant.units} units, weights loaded ${variant.loads}, sums in ${variant.sums}${variant.shared ? `, ${variant.workgroup} lanes a chain` : ""}`,
  );
}

/** All chains N at a time, interleaved with N alone: milliseconds of both, of processor time with --cpu. */
async function chunked(each: number): Promise<void> {
  const options = { spec, rows, chainsPerRow: chains / rows, transitions, leapfrogSteps, data, logStepSizes };
  const whole = await compileFusedHmc(gpu, { ...options, chainsAtOnce: each });
  const few = await compileFusedHmc(gpu, { ...options, chainsPerRow: each / rows });
  const times = { whole: [] as number[], few: [] as number[] };
  const starts = Float32Array.from(normal(keyFromSeed(99), whole.position.size));
  const run = async (chain: FusedChain): Promise<number> => {
    const begin = clock();
    let done = 0;
    for await (const { count } of inChunks(chain, { start: () => void chain.position.write(starts.subarray(0, chain.position.size)), clock: () => performance.now() })) {
      await chain.position.read();
      done += count;
    }
    return (1000 * (clock() - begin)) / done;
  };
  for (let round = 0; round <= rounds; round++) {
    for (const [name, chain] of [["few", few], ["whole", whole]] as const) {
      const time = await run(chain);
      if (round > 0) times[name].push(time);
    }
  }
  const median = (list: number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1];
  const [all, some] = [median(times.whole), median(times.few)];
  console.log(`${all.toFixed(2).padStart(6)} us per chain for ${chains} chains, ${whole.capacity} at a time in ${whole.dispatches} dispatches; ${some.toFixed(2)} for ${each} alone: ${(all / some).toFixed(2)} times`);
}
if (argument("chunks")) await chunked(Number(argument("chunks")));

/** GFLOP/s of multiply-adds on registers alone: what no kernel of multiplications and additions can pass. */
async function mostPossible(): Promise<number> {
  const { dispatch, operations } = await registersOnly(gpu, 12, 1);
  const times: number[] = [];
  for (let i = 0; i < rounds + 1; i++) {
    const begin = clock();
    submit(gpu, [dispatch]);
    await gpu.idle();
    times.push(clock() - begin);
  }
  return operations / Math.min(...times.slice(1)) / 1e6;
}
console.log(`${(await mostPossible()).toFixed(1).padStart(6)} GFLOP/s (best)  multiply-adds on registers only`);
gpu.close();
