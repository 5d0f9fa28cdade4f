import { deviceTensor } from "../../src/autodiff/index.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { makeDispatch, submit, type Encodable } from "../../src/gpu/dispatch.ts";
import { keyFromSeed } from "../../src/math/key.ts";
import { presets } from "../../src/model/config/presets.ts";
import { defaultSchedule } from "../../src/model/config/schedule.ts";
import { withRows } from "../../src/model/completion/look-up-rows.ts";
import { openTraining } from "../../src/model/completion/open-training.ts";
import { elboStage } from "../../src/model/training/stages/elbo-stage.ts";
import { hmcStage } from "../../src/model/training/stages/hmc-stage.ts";
import { marginalStage } from "../../src/model/training/stages/marginal-stage.ts";
import type { Stage } from "../../src/model/training/stages/stage.ts";
import { StepCounter } from "../../src/nn/step-counter.ts";
import type { Benchmark, Context, Row } from "../benchmark.ts";
import { deviceTimes, dispatchesOf } from "../kernel-times.ts";
import { contender, median } from "../measure.ts";
import { deviceTime } from "../ours.ts";
import { bostonCompletion, bostonLike, startTraining, testRows, trainingRows } from "../workloads/boston.ts";
import { drawingChain } from "../workloads/draws.ts";

/** What can be looked at, each as one step's work. */
export const profiledStages = ["marginal", "elbo", "hmc", "completion", "look-up", "draws"] as const;
export type ProfiledStage = (typeof profiledStages)[number];

/** A step's work, which may be run again and again. */
interface Opened {
  work: readonly Encodable[];
  destroy(): void;
}

async function open({ gpu, quick }: Context, stage: ProfiledStage): Promise<Opened> {
  const whole = (opened: Stage): Opened => ({ work: opened.work(1), destroy: () => opened.destroy() });
  if (stage === "completion" || stage === "look-up") {
    const key = deviceTensor(gpu, [2], [1, 2], { dtype: "u32" });
    const setting = { key, counter: await StepCounter.create(gpu), firstStep: 0, options: { config: presets.best, schedule: defaultSchedule, seed: 1 }, log: [], initialisation: keyFromSeed(1) };
    const table = bostonLike(trainingRows);
    const shape = bostonCompletion();
    const own = stage === "completion" ? shape : withRows({ ...shape, config: { ...shape.config, lookUp: 2048 } }, table, defaultSchedule.batch, keyFromSeed(2));
    return whole((await openTraining(gpu, own, table, { name: "completion", steps: 100 }, setting)).stage);
  }
  const { networks, data, key, counter, schedule } = await startTraining(gpu);
  if (stage === "marginal") return whole(await marginalStage(networks, data, key, counter, 0, schedule));
  if (stage === "elbo") return whole(await elboStage(networks, data, key, counter, 0, schedule));
  if (stage === "hmc") return whole(await hmcStage(networks, data, key, counter, 0, schedule));
  const chain = await drawingChain(gpu, networks, testRows, quick ? 10 : 1000, "fused");
  return { work: chain.work, destroy: () => chain.destroy() };
}

/** Milliseconds of one of many dispatches that do next to nothing, each of which waits for the one before it. */
async function floorOf(gpu: Gpu): Promise<number> {
  const out = deviceTensor(gpu, [64]);
  const wgsl = "@group(0) @binding(0) var<storage, read_write> out: array<f32>;\n@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) { out[id.x] += 1.0; }";
  const nothing = await makeDispatch(gpu, { name: "next to nothing", file: "bench", wgsl, bindings: ["write"] }, [out.storage], [1, 1, 1]);
  const many = 200;
  const work = new Array<Encodable>(many).fill(nothing);
  const times: number[] = [];
  for (let run = 0; run < 6; run++) {
    const begin = performance.now();
    submit(gpu, work);
    await gpu.idle();
    if (run > 0) times.push((performance.now() - begin) / many);
  }
  out.destroy();
  return median(times);
}

/** Kernels of one name and grid, with what the device takes for them. */
function grouped(dispatches: ReturnType<typeof dispatchesOf>, times: readonly number[]): Row[] {
  const total = times.reduce((a, b) => a + b, 0);
  const groups = new Map<string, { kernel: string; count: number; workgroups: string; ms: number }>();
  dispatches.forEach(({ name, workgroups }, i) => {
    const grid = workgroups.join(" x ");
    const key = `${name}\n${grid}`;
    const group = groups.get(key) ?? { kernel: name, count: 0, workgroups: grid, ms: 0 };
    groups.set(key, { ...group, count: group.count + 1, ms: group.ms + times[i] });
  });
  return [...groups.values()].sort((a, b) => b.ms - a.ms).map(({ kernel, count, workgroups, ms }) => ({ kernel, count, workgroups, "device, ms": ms, "each, us": (1000 * ms) / count, "share, %": (100 * ms) / total }));
}

/** What one step of a stage takes, in words, as a line, and kernel by kernel. */
export async function profile(context: Context, stage: ProfiledStage): Promise<{ notes: string[]; step: Row; rows: Row[] }> {
  const { gpu, clock, quick, measure } = context;
  context.say(`profile: ${stage}`);
  const { work, destroy } = await open(context, stage);
  // the first run of a kernel is no measure of it
  for (let run = 0; run < 2; run++) submit(gpu, work);
  await gpu.idle();
  const dispatches = dispatchesOf(work);
  const times = await deviceTimes(gpu, dispatches, quick ? 1 : 7);
  const together = await deviceTime(gpu, work);
  const steps = 10;
  const [step, host] = await measure([
    contender(clock, `${stage}, step after step`, () => { for (let i = 0; i < steps; i++) submit(gpu, work); }, () => gpu.idle()),
    // what the host has to do, without waiting for the device
    { name: "host", time: async (count) => {
      let spent = 0;
      for (let i = 0; i < count; i++) {
        const begin = clock();
        submit(gpu, work);
        spent += clock() - begin;
        await gpu.idle();
      }
      return spent;
    } },
  ]);
  const floor = await floorOf(gpu);
  destroy();
  const ms = (value: number): string => `${value.toPrecision(3)} ms`;
  const alone = times.reduce((a, b) => a + b, 0);
  return {
    notes: [
      `${stage}: ${dispatches.length} dispatches of ${new Set(dispatches.map(({ name }) => name)).size} kernels by name. A step takes ${ms(step.ms / steps)} where one follows the other; the host needs ${ms(host.ms)} of it to encode and submit, the device ${ms(together ?? Number.NaN)} from first to last in one pass, ${ms(alone)} with each dispatch in a pass of its own.`,
      `The floor: ${dispatches.length} dispatches that do next to nothing, each of which waits for the one before it, take ${ms(floor * dispatches.length)} (${(1000 * floor).toPrecision(3)} us each): a step takes ${(step.ms / steps / (floor * dispatches.length)).toPrecision(3)} times as long.`,
    ],
    step: { "ours, ms": step.ms / steps, "ours, host ms": host.ms, "ours, dispatches": dispatches.length, ...(together !== undefined && { "ours, device ms": together }), "floor, ms": floor * dispatches.length },
    rows: grouped(dispatches, times).map((row) => ({ stage, ...row })),
  };
}

/** The benchmark of some of the stages. */
export function profileBenchmark(stages: readonly ProfiledStage[] = profiledStages): Benchmark {
  return {
    name: "profile",
    about: `where the time of a step goes, kernel by kernel: \`profile [STAGE ...]\` with ${profiledStages.join(", ")}`,
    onRequest: true,
    async run(context) {
      if (!context.gpu.device.features.has("timestamp-query")) throw new Error("the adapter has no timestamp queries, which a profile needs.");
      const parts = [];
      for (const stage of stages) parts.push(await profile(context, stage));
      return { notes: parts.flatMap(({ notes }) => notes), rows: parts.flatMap(({ rows }) => rows) };
    },
  };
}
