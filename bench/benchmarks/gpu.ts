import type { Benchmark, Context, Row } from "../benchmark.ts";
import { short } from "../numbers.ts";
import type { Shape } from "../workloads/product.ts";
import { gradientBenchmark } from "./gradient.ts";
import { leapfrogBenchmark } from "./leapfrog.ts";
import { oneShape } from "./matmul.ts";
import { passesNote, passesRows } from "./passes.ts";
import { profile, type ProfiledStage } from "./profile.ts";
import { stagesBenchmark } from "./stages.ts";
import { vaeStepBenchmark } from "./vae-step.ts";

const products: readonly Shape[] = [[2048, 2048, 2048], [51_000, 300, 64]];

/** The pieces of a training of Boston, and of drawing from it. */
const stages = {
  marginal: "marginal step, 13 VAEs",
  elbo: "ELBO step, batch 100",
  completion: "step of the completion network",
  "look-up": "the same, looking up 455 rows",
  hmc: "HMC-stage step, batch 100, T 10, L 5",
  draws: "51 x 1,000 chains, T 10, L 5",
} as const satisfies Record<ProfiledStage, string>;

/** A line of another benchmark with one label in place of its own. */
function named(work: string, row: Row, label: string): Row {
  const { [label]: _, ...rest } = row;
  return { work, ...rest };
}

/** Each piece of work and how to get its lines; what fails takes no other down with it. */
function pieces(context: Context): { name: string; run: () => Promise<Row[]> }[] {
  const { quick } = context;
  const profiled = (Object.keys(stages) as ProfiledStage[]).filter((stage) => !quick || stage === "marginal" || stage === "draws");
  return [
    { name: "VAE step", run: async () => (await vaeStepBenchmark.run(context)).rows.map((row) => named("VAE step 28-256-20, 10-256-13, batch 100", row, "step")) },
    { name: "gradient", run: async () => (await gradientBenchmark.run(context)).rows.map((row) => named(`gradient of decoder 15-256-26, ${row.chains} chains`, row, "chains")) },
    { name: "leapfrog", run: async () => (await leapfrogBenchmark.run(context)).rows.map((row) => named(`five leapfrog steps, ${row.chains} chains`, row, "chains")) },
    ...(quick ? ([[100, 28, 256]] as const) : products).map((shape) => ({ name: "matmul", run: async () => [await oneShape(context, shape)].map((row) => named(`matmul ${row.shape}`, row, "shape")) })),
    // the stages are checked here; what a step of them is made of follows
    ...(quick ? [] : [{ name: "stages", run: async () => (await stagesBenchmark.run(context)).rows.map((row) => ({ work: `Boston, checked: ${row.what}`, "ours, ms": row["ours, ms"] })) }]),
    ...profiled.map((stage) => ({ name: stage, run: async () => [{ work: `Boston, by itself: ${stages[stage]}`, ...(await profile(context, stage)).step }] })),
    {
      name: "passes",
      run: async () =>
        (await passesRows(context)).map(({ program, ...row }) => ({ work: `in passes: ${program}`, "ours, ms": row["passes, ms"], "ours, dispatches": row["passes, dispatches"], "in kernels, ms": row["kernels, ms"], "in kernels, dispatches": row["kernels, dispatches"], "kernels / passes": row["kernels / passes"], "largest difference": row["largest difference"] })),
    },
  ];
}

export const gpuBenchmark: Benchmark = {
  name: "gpu",
  about: "what one GPU has to show, in one table and twelve minutes: see bench/gpu.md",
  onRequest: true,
  async run(context) {
    const rows: Row[] = [];
    const failed: string[] = [];
    const begin = performance.now();
    for (const { name, run } of pieces(context)) {
      try {
        rows.push(...(await run()));
      } catch (error) {
        const { message } = error as Error;
        context.say(`gpu: ${name} failed: ${message}`);
        failed.push(`${name} failed: ${message.split("\n")[0]}`);
        if (context.gpu.lost) break;
      }
      context.say(`gpu: ${short((performance.now() - begin) / 1000)} s`);
    }
    if (rows.length === 0) throw new Error(failed.join("\n"));
    return { notes: ["Each result was checked before it was timed: against float64; of the stages of training, that bounds rise and trajectories are accepted.", passesNote, ...failed], rows, failed: failed.length > 0 };
  },
};
