import { interleave } from "../../../bench/measure.ts";
import { deviceTime } from "../../../bench/ours.ts";
import type { Gpu } from "../../gpu/device.ts";
import { chainFamily, productFamily, roofFamily, stageFamily, type Family, type FamilyName } from "./bench-families.ts";
import type { Workspace } from "./workspace.ts";

/** One measurement: medians over rounds, after a check of the result against float64. */
export interface BenchResult {
  family: FamilyName;
  /** "1024 x 1024 x 1024" or "3,000 chains". */
  size: string;
  /** Milliseconds of one run, with its submit. */
  ms: number;
  /** Milliseconds that the device counts itself, where it has timestamp queries. */
  deviceMs?: number;
  /** Multiplications and additions of one run, each counted; of leapfrog those of the networks. */
  operations?: number;
  /** Leapfrog steps of all chains in one run. */
  leapfrogSteps?: number;
}

/** The adapter as WebGPU describes it. */
export interface AdapterFacts {
  name: string;
  vendor: string;
  architecture: string;
  software: boolean;
  features: string[];
  /** Bytes that one array may take. */
  largestArray: number;
  /** Bytes of workgroup memory. */
  workgroupMemory: number;
  subgroups?: { least: number; most: number };
}

export interface BenchReport {
  adapter: AdapterFacts;
  results: BenchResult[];
  /** False if it was stopped before the end. */
  whole: boolean;
}

/** Measures the device: products of matrices, chains, and steps of training. */
export class BenchPart {
  private stopped = false;
  private running: Promise<BenchReport> | undefined;

  constructor(private readonly workspace: Workspace) {}

  /**
   * Measures everything, each for about `seconds`; every result is told as it comes. Larger sizes are left out where they would take much longer.
   * Throws DeviceError if the device is lost, and Error if a result is wrong.
   */
  run(seconds: number, onResult: (result: BenchResult, share: number) => void): Promise<BenchReport> {
    if (this.running) throw new Error("a measurement is running already.");
    this.stopped = false;
    this.running = this.measure(seconds, onResult).finally(() => (this.running = undefined));
    return this.running;
  }

  /** Ends the measurement after the piece at hand; resolves when it has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running?.catch(() => {});
  }

  private async measure(seconds: number, onResult: (result: BenchResult, share: number) => void): Promise<BenchReport> {
    const gpu = await this.workspace.gpu();
    const families = [roofFamily, productFamily, chainFamily, ...stageFamily];
    const results: BenchResult[] = [];
    for (const [done, family] of families.entries()) {
      for (const [size, member] of family.members.entries()) {
        if (this.stopped) return { adapter: factsOf(gpu), results, whole: false };
        const result = await timed(gpu, family, member, seconds);
        results.push(result);
        onResult(result, (done + (size + 1) / family.members.length) / families.length);
        const next = family.members[size + 1];
        if (next && result.ms * (next.cost / member.cost) > 1000 * seconds) break;
      }
    }
    return { adapter: factsOf(gpu), results, whole: true };
  }
}

async function timed(gpu: Gpu, family: Family, member: Family["members"][number], seconds: number): Promise<BenchResult> {
  const work = await member.make(gpu);
  try {
    await work.check();
    const run = { name: family.name, time: (count: number) => timeOf(gpu, work.run, count) };
    const [{ ms }] = await interleave([run], { rounds: 7, sampleMs: (1000 * seconds) / 10, budgetMs: 1000 * seconds });
    const onDevice = work.encodables && (await deviceTime(gpu, work.encodables));
    const { operations, leapfrogSteps } = work;
    return {
      family: family.name, size: member.size, ms: ms / work.repeats,
      ...(onDevice !== undefined && { deviceMs: onDevice }), ...(operations !== undefined && { operations }), ...(leapfrogSteps !== undefined && { leapfrogSteps }),
    };
  } finally {
    work.destroy();
  }
}

async function timeOf(gpu: Gpu, run: () => void, count: number): Promise<number> {
  const begin = performance.now();
  for (let i = 0; i < count; i++) run();
  await gpu.idle();
  return performance.now() - begin;
}

function factsOf(gpu: Gpu): AdapterFacts {
  const { vendor, architecture, subgroupMinSize, subgroupMaxSize } = gpu.info;
  const subgroups = gpu.device.features.has("subgroups") && subgroupMinSize && subgroupMaxSize ? { least: subgroupMinSize, most: subgroupMaxSize } : undefined;
  return {
    name: gpu.name, vendor, architecture, software: gpu.software,
    features: ["timestamp-query", "shader-f16", "subgroups"].filter((feature) => gpu.device.features.has(feature as GPUFeatureName)),
    largestArray: Math.min(gpu.limits.maxBufferSize, gpu.limits.maxStorageBufferBindingSize),
    workgroupMemory: gpu.limits.maxComputeWorkgroupStorageSize,
    ...(subgroups && { subgroups }),
  };
}
