import type { Gpu } from "../../src/gpu/device.ts";
import { submit } from "../../src/gpu/dispatch.ts";
import { elboStage } from "../../src/model/training/stages/elbo-stage.ts";
import { inChunks } from "../../src/sampler/fused/in-chunks.ts";
import type { Benchmark, Context, Row } from "../benchmark.ts";
import { contender } from "../measure.ts";
import { expectNear } from "../numbers.ts";
import { startTraining } from "../workloads/boston.ts";
import { modelChain, type ModelChainOptions } from "../workloads/model-chain.ts";

/** Bytes of the buffers made on the device from now on. */
function countBytes(gpu: Gpu): () => number {
  let bytes = 0;
  const make = Object.getPrototypeOf(gpu).createBuffer as Gpu["createBuffer"];
  gpu.createBuffer = (...args) => {
    const buffer = make.apply(gpu, args);
    bytes += buffer.size;
    return buffer;
  };
  return () => {
    gpu.createBuffer = make;
    return bytes;
  };
}

/** Chains in memory at once: their state takes a few MB. */
const chainsAtOnce = 65_536;

const megabytes = (bytes: number): number => bytes / 2 ** 20;
const residentMegabytes = (): number => megabytes(process.memoryUsage().rss);

async function chainsRow({ gpu, clock, measure, say }: Context, options: ModelChainOptions, expected: number | undefined): Promise<{ row: Row; logDensity: number }> {
  const { chains, features, transitions, leapfrogSteps } = options;
  say(`scaling: ${chains} chains, ${features} features`);
  const bytes = countBytes(gpu);
  const begin = performance.now();
  const { chain, start, operations, destroy } = await modelChain(gpu, { ...options, chainsAtOnce });
  const place = { start: (): void => void chain.position.write(start) };
  let logDensity: number | undefined;
  for await (const { count } of inChunks(chain, place)) {
    const logDensities = await chain.logDensity.read();
    if (!logDensities.subarray(0, count).every(Number.isFinite)) throw new Error(`${chains} chains, ${features} features: a log-density is not finite.`);
    logDensity ??= logDensities[0];
  }
  const first = performance.now() - begin;
  const buffers = megabytes(bytes());
  if (expected !== undefined) expectNear(`the first of ${chains} chains`, [logDensity!], [expected], { rtol: 1e-3, atol: 1e-2 });
  const run = async (): Promise<void> => {
    for await (const range of inChunks(chain, place)) void range;
  };
  const [{ ms }] = await measure([contender(clock, "chains", run, () => gpu.idle())], 5);
  destroy();
  const row = {
    what: `${chains} chains, ${features} features`, ms, "us per chain": (1000 * ms) / chains, "GFLOP/s": operations / ms / 1e6,
    "first run, s": first / 1000, "buffers, MB": buffers, "process, MB": residentMegabytes(), chunks: Math.ceil(chains / chain.capacity), steps: `T ${transitions}, L ${leapfrogSteps}`,
  };
  return { row, logDensity: logDensity! };
}

async function tableRow({ gpu, clock, measure, say }: Context, rows: number): Promise<Row> {
  say(`scaling: a table of ${rows} rows`);
  const bytes = countBytes(gpu);
  const { networks, data, key, counter, schedule } = await startTraining(gpu, rows);
  const stage = await elboStage(networks, data, key, counter, 0, schedule);
  const step = (): void => submit(gpu, stage.work(0));
  step();
  const { elbo } = await stage.metrics();
  if (!Number.isFinite(elbo)) throw new Error(`a table of ${rows} rows: the bound is ${elbo}.`);
  const [{ ms }] = await measure([contender(clock, "step", step, () => gpu.idle())]);
  const buffers = megabytes(bytes());
  stage.destroy();
  for (const tensor of [data.x, data.observed, data.y, data.observedY, data.zMean, data.zLogVar]) tensor?.destroy();
  return { what: `table of ${rows} rows, ELBO step of batch 100`, ms, "buffers, MB": buffers, "process, MB": residentMegabytes() };
}

export const scalingBenchmark: Benchmark = {
  name: "scaling",
  about: "time and memory by number of chains, features and rows of the table",
  async run(context) {
    const { quick } = context;
    const base: ModelChainOptions = { chains: 100, transitions: 1, leapfrogSteps: 5, features: 13, withTarget: false };
    const rows: Row[] = [];
    let first: number | undefined;
    for (const chains of quick ? [100, 200] : [100, 1000, 10_000, 100_000, 1_000_000]) {
      const { row, logDensity } = await chainsRow(context, { ...base, chains }, first);
      first ??= logDensity;
      rows.push(row);
    }
    const perChain = (chains: number): number | undefined => rows.find((row) => row.what === `${chains} chains, 13 features`)?.["us per chain"] as number | undefined;
    const [few, many] = [perChain(10_000), perChain(1_000_000)];
    for (const features of quick ? [] : [8, 32, 128, 512]) rows.push((await chainsRow(context, { ...base, chains: 3000, features }, undefined)).row);
    for (const size of quick ? [1000] : [1000, 10_000, 100_000, 1_000_000]) rows.push(await tableRow(context, size));
    const notes = [`Log-densities are finite, and the first chain ends at the same one however many run beside it. More than ${chainsAtOnce} chains run in chunks.`];
    if (few && many) notes.push(`Time per chain at 10^6 chains against 10^4: ${(many / few).toFixed(2)}.`);
    return { notes, rows };
  },
};
