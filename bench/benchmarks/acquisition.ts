import { Rewards, type Ranking } from "../../src/acquisition/index.ts";
import { rankRows } from "../../src/acquisition/rank.ts";
import { submit } from "../../src/gpu/dispatch.ts";
import { foldIn, keyFromSeed } from "../../src/math/key.ts";
import { ModelPosterior } from "../../src/model/model-posterior.ts";
import type { ColumnSet } from "../../src/model/answers/column-set.ts";
import type { MixedColumn } from "../../src/likelihood/mixed.ts";
import { elboStage } from "../../src/model/training/stages/elbo-stage.ts";
import type { Benchmark, Context, Row } from "../benchmark.ts";
import { slowdown, slowdownNote, yardstick } from "../machine.ts";
import { contender, type Contender } from "../measure.ts";
import { bostonLike, bostonShape, startTraining, testRows } from "../workloads/boston.ts";

/** Milliseconds of the authors' code: one SAIA step of 51 rows, everything drawn anew (reference/RESULTS.md; the lower figure of a range). */
const reference: Record<number, number> = { 200: 4300, 1000: 17_000 };

/** What one decision may take with 1,000 draws and a warm start on two cores, milliseconds. */
const decisionGoal = 150;

function columns(prefix: string, mixed: readonly MixedColumn[]): ColumnSet {
  return { mixed, columns: mixed.map(({ kind, levels }, i) => ({ name: `${prefix}${i}`, role: "feature", type: kind === "gaussian" ? "real" : kind === "bernoulli" ? "binary" : "categorical", mean: 0, std: 1, categories: Array.from({ length: kind === "categorical" ? levels : 2 }, (_, c) => String(c)) })) };
}

async function sampler({ gpu }: Context): Promise<ModelPosterior> {
  const { networks, data, key, counter, schedule } = await startTraining(gpu);
  const elbo = await elboStage(networks, data, key, counter, 0, schedule);
  for (let step = 0; step < 300; step++) submit(gpu, elbo.work(step));
  await gpu.idle();
  elbo.destroy();
  const shape = bostonShape();
  const [features, targets] = [columns("x", shape.features), columns("y", shape.targets)];
  return new ModelPosterior({ networks }, { features, targets }, "paper");
}

/** Rows of the table of which the first `count` features are known. */
function known(rows: number, count: number): { rows: number; x: Float32Array; observed: Float32Array } {
  const { x, features } = bostonLike(rows);
  const observed = Float32Array.from({ length: rows * features }, (_, i) => Number(i % features < count));
  return { rows, x: Float32Array.from(observed, (seen, i) => seen * x[i]), observed };
}

/** A draw of all cells and the ranking of all candidates with their expected intervals: all that `acquire` does. Checked, and so warm. */
async function ranking(context: Context, model: ModelPosterior, rows: number, draws: number): Promise<{ contender: Contender; destroy: () => void }> {
  const { gpu, clock } = context;
  const session = await model.open({ rows, draws });
  const rewards = new Rewards(model);
  const nothing = known(rows, 0);
  let step = 0;
  const run = async (): Promise<void> => {
    const key = foldIn(keyFromSeed(1), step++);
    const joint = await session.draw(nothing, key);
    const rankings = await rankRows(model, nothing, joint, await rewards.of(joint, nothing, "mi", key), {});
    const sound = ({ candidates }: Ranking): boolean => candidates.length === model.features.length && candidates.every(({ gain, expectedWidth }) => gain >= 0 && gain < Math.log(5) && expectedWidth! > 0);
    if (!rankings.every(sound)) throw new Error("a gain lies outside 0 .. log 5, or an interval has no width; the time would mean nothing.");
  };
  await run();
  return { contender: contender(clock, `${rows} rows, ${draws} draws, anew`, run, () => gpu.idle()), destroy: () => (rewards.destroy(), session.destroy()) };
}

/** The second decision of a row, from the draws of the first. */
async function decision(context: Context, model: ModelPosterior, draws: number): Promise<{ contender: Contender; destroy: () => void; warm: () => boolean }> {
  const { gpu, clock } = context;
  const session = await model.open({ rows: 1, draws });
  const rewards = new Rewards(model);
  const d = model.features.length;
  const values = known(1, d).x;
  let count = d;
  let step = 0;
  let warm = 0;
  let looks = 0;
  const run = async (): Promise<void> => {
    // one more value each time; from the start again when all are known
    const key = foldIn(keyFromSeed(2), step++);
    if (count >= d - 1) {
      count = 0;
      await session.draw(known(1, 0), key);
    }
    count++;
    const observed = Float32Array.from({ length: d }, (_, i) => Number(i < count));
    const given = { rows: 1, x: values.map((value, i) => value * observed[i]), observed };
    const joint = await session.draw(given, key, { warm: true });
    looks++;
    if (!Number.isNaN(joint.effective[0])) warm++;
    await rankRows(model, given, joint, await rewards.of(joint, given, "mi", key), {});
  };
  return { contender: contender(clock, `1 row, ${draws} draws, warm`, run, () => gpu.idle()), destroy: () => (rewards.destroy(), session.destroy()), warm: () => warm > looks / 2 };
}

export const acquisitionBenchmark: Benchmark = {
  name: "acquisition",
  about: "what to measure next, 13 candidates: one decision with a warm start, and rankings of 51 rows drawn anew, against the authors' code",
  async run(context) {
    context.say("acquisition: compiling");
    const model = await sampler(context);
    const sizes = context.quick ? [20] : [200, 1000];
    const rankings = [];
    for (const draws of sizes) rankings.push(await ranking(context, model, testRows, draws));
    const one = await decision(context, model, sizes[sizes.length - 1]);
    const step = yardstick(context);
    const measured = await context.measure([...rankings.map((entry) => entry.contender), one.contender, ...(step ? [step] : [])]);
    const now = step && slowdown(measured[measured.length - 1].ms);
    const warm = one.warm();
    for (const { destroy } of [...rankings, one]) destroy();
    const rows = sizes.map((draws, i): Row => {
      const { name, ms } = measured[i];
      const theirs = reference[draws];
      if (theirs === undefined) return { what: name, "ours, ms": ms };
      return { what: name, "ours, ms": ms, "reference, ms": theirs, "reference / ours": theirs / ms, ...(now === undefined ? {} : { "here / ours": (theirs * now) / ms }) };
    });
    rows.push({ what: measured[sizes.length].name, "ours, ms": measured[sizes.length].ms, "goal, ms": decisionGoal });
    return { notes: [`A model after 300 ELBO steps. Gains lie between 0 and log 5. Of the decisions ${warm ? "most went on from the draws before" : "most had to start anew"}; every twelfth starts a new row, its first draws included.`, slowdownNote], rows };
  },
};
