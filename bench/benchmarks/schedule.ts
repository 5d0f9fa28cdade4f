import { defaultSchedule } from "../../src/model/config/schedule.ts";
import { train } from "../../src/model/training/trainer.ts";
import type { Benchmark, Row } from "../benchmark.ts";
import { slowdown, slowdownNote, yardstick } from "../machine.ts";
import { bostonColumns, bostonLike, bostonShape, trainingRows } from "../workloads/boston.ts";

/** Seconds of the authors' code as shipped, by stage (reference/RESULTS.md): 13 x 1,000 x 2.4 ms, 18,000 x 9.3 ms, 2,000 x 1.5 s. */
const reference = { marginal: 31, elbo: 18_000 * 0.0093, hmc: 2000 * 1.5 } as const;

export const scheduleBenchmark: Benchmark = {
  name: "schedule",
  about: "the whole training at the size of Boston, against the authors' code: 1,000 marginal (three times), 18,000 ELBO and 2,000 HMC steps",
  onRequest: true,
  async run(context) {
    const { gpu, quick, say } = context;
    const step = yardstick(context);
    const steps: number[] = [];
    const lookAtMachine = async (): Promise<void> => void (step && steps.push((await context.measure([step]))[0].ms));
    await lookAtMachine();
    const schedule = quick ? { ...defaultSchedule, marginalSteps: 20, marginalRestarts: 1, viSteps: 20, hmcSteps: 4 } : defaultSchedule;
    const seconds: Record<string, number> = {};
    let stageName = "compilation";
    let begin = performance.now();
    let said = begin;
    const { log } = await train(gpu, bostonShape(), Object.values(bostonColumns()).flatMap(({ columns }) => columns), bostonLike(trainingRows), {
      config: bostonShape().config, schedule, seed: 1,
      onProgress: ({ stage, step, steps }) => {
        const now = performance.now();
        // what lies between two reports belongs to the later one: also the compilation of its stage
        stageName = stage;
        seconds[stageName] = (seconds[stageName] ?? 0) + (now - begin) / 1000;
        begin = now;
        if (now - said > 30_000) {
          say(`schedule: ${stage}, step ${step} of ${steps}`);
          said = now;
        }
      },
    });
    await lookAtMachine();
    const last = log.at(-1)!;
    if (!(last.metrics.acceptance > 0.5)) throw new Error(`the last HMC step accepts ${last.metrics.acceptance}; expected more than 0.5.`);
    const rows: Row[] = (["marginal", "elbo", "hmc"] as const).map((stage) => ({ stage, "ours, s": seconds[stage], "reference, s": reference[stage] }));
    const total = (column: string): number => rows.reduce((sum, row) => sum + (row[column] as number), 0);
    rows.push({ stage: "all", "ours, s": total("ours, s"), "reference, s": total("reference, s") });
    for (const row of rows) row["reference / ours"] = (row["reference, s"] as number) / (row["ours, s"] as number);
    if (steps.length > 0) {
      const now = slowdown((steps[0] + steps[1]) / 2);
      for (const row of rows) row["here / ours"] = now * (row["reference / ours"] as number);
    }
    return { notes: [slowdownNote, "Compilation counts. We train the marginal VAEs three times and keep each feature's best; the reference trains them once. The reference's times are constants (reference/RESULTS.md)."], rows };
  },
};
