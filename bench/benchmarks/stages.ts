import { submit } from "../../src/gpu/dispatch.ts";
import { keyFromSeed } from "../../src/math/key.ts";
import { Metrics } from "../../src/model/answers/evaluate.ts";
import { ScoresQuestion } from "../../src/model/answers/scores-question.ts";
import { LatentPosterior } from "../../src/model/latent/posterior/latent-posterior.ts";
import { answered } from "../../src/model/summaries/answered.ts";
import { elboStage } from "../../src/model/training/stages/elbo-stage.ts";
import { hmcStage } from "../../src/model/training/stages/hmc-stage.ts";
import { marginalStage } from "../../src/model/training/stages/marginal-stage.ts";
import type { Stage } from "../../src/model/training/stages/stage.ts";
import type { Benchmark, Context, Row } from "../benchmark.ts";
import { slowdown, slowdownNote, yardstick } from "../machine.ts";
import { contender, type Contender } from "../measure.ts";
import { ourContender } from "../ours.ts";
import { bostonColumns, bostonLike, startTraining, testRows } from "../workloads/boston.ts";
import { drawingChain } from "../workloads/draws.ts";

/**
 * Milliseconds of the authors' PyTorch code with its configuration unchanged (reference/RESULTS.md, "Times of the authors'
 * code": processor time of one thread of this kind of machine, wall time with the cores free where it draws; the lower figure of a range).
 */
const reference = {
  "marginal VAEs, one step of all 13": 13 * 2.4,
  "ELBO step, batch 100": 9.3,
  "HMC-stage step, T 10, L 5, SKSD every 10th": 1380,
  "51 x 1,000 chains, T 10, L 5": 16_500,
  "test metrics of 51 rows, 1,000 draws": 18_300,
} as const;

type Piece = keyof typeof reference;

/** So many steps as one run, each its own submit; divided out afterwards. */
function steps({ gpu, clock }: Context, name: Piece, stage: Stage, count: number): { contender: Contender; count: number } {
  const run = (): void => {
    for (let step = 0; step < count; step++) submit(gpu, stage.work(step));
  };
  return { contender: contender(clock, name, run, () => gpu.idle()), count };
}

function expectRanges(name: string, metrics: Record<string, number>, ranges: Record<string, [number, number]>): void {
  for (const [metric, [low, high]] of Object.entries(ranges)) {
    const value = metrics[metric];
    if (!(value >= low && value <= high)) throw new Error(`${name}: ${metric} is ${value}, expected ${low} to ${high}; its time would mean nothing.`);
  }
}

async function runStages(context: Context): Promise<Row[]> {
  const { gpu, clock, quick, say } = context;
  const { networks, data, key, counter, schedule } = await startTraining(gpu);
  const train = async (stage: Stage, count: number): Promise<Record<string, number>> => {
    for (let step = 0; step < count; step++) submit(gpu, stage.work(step));
    return stage.metrics();
  };
  say("stages: compiling");
  const marginal = await marginalStage(networks, data, key, counter, 0, schedule);
  const marginalBefore = (await train(marginal, 1)).elbo;
  expectRanges("marginal VAEs", await train(marginal, 200), { elbo: [marginalBefore, 100] });
  const elbo = await elboStage(networks, data, key, counter, 0, schedule);
  const elboBefore = (await train(elbo, 1)).elbo;
  expectRanges("ELBO stage", await train(elbo, 200), { elbo: [elboBefore, 100] });
  const hmc = await hmcStage(networks, data, key, counter, 0, schedule);
  expectRanges("HMC stage", await train(hmc, 2), { acceptance: [0.5, 1], divergences: [0, 0] });

  const draws = quick ? 10 : 1000;
  const chain = await drawingChain(gpu, networks, testRows, draws, "fused");
  const table = bostonLike(testRows);
  const posterior = await LatentPosterior.openEntries(networks, { rows: testRows, draws });
  const rows = { rows: testRows, x: table.x, observed: table.observedX.length > 0 ? Float32Array.from(table.observedX, (_, i) => i % 2) : [], truthX: table.x, truthY: table.y };
  const columns = bostonColumns();
  const sampleAll = async (): Promise<void> => {
    const metrics = new Metrics(columns.features, columns.targets);
    const question = new ScoresQuestion(table, rows.observed, columns, { draws });
    for await (const { answer } of answered(question, { gpu, posterior, columns, table: rows, key: keyFromSeed(7) })) metrics.add(table, rows.observed, answer);
    const { ll_y, ll_xu } = metrics.result(testRows, draws);
    if (!Number.isFinite(ll_y + ll_xu)) throw new Error(`test metrics: expected finite log-likelihoods, got ${ll_y} and ${ll_xu}.`);
  };
  // too long to be warmed up with the others
  submit(gpu, chain.work);
  await sampleAll();
  const pieces = [
    steps(context, "marginal VAEs, one step of all 13", marginal, 10),
    steps(context, "ELBO step, batch 100", elbo, 10),
    steps(context, "HMC-stage step, T 10, L 5, SKSD every 10th", hmc, quick ? 2 : 10),
    { contender: ourContender(gpu, clock, chain.work, "51 x 1,000 chains, T 10, L 5"), count: 1 },
    { contender: contender(clock, "test metrics of 51 rows, 1,000 draws", sampleAll, () => gpu.idle()), count: 1 },
  ];
  const step = yardstick(context);
  const measured = await context.measure([...pieces.map((piece) => piece.contender), ...(step ? [step] : [])]);
  for (const thing of [marginal, elbo, hmc, chain, posterior]) thing.destroy();
  const now = step && slowdown(measured[pieces.length].ms);
  return pieces.map(({ count }, i) => {
    const { name, ms } = measured[i];
    const own = ms / count;
    const theirs = reference[name as Piece];
    const row: Row = { what: name, "ours, ms": own, "reference, ms": theirs, "reference / ours": theirs / own };
    return now === undefined ? row : { ...row, "reference here, ms": theirs * now, "here / ours": (theirs * now) / own };
  });
}

export const stagesBenchmark: Benchmark = {
  name: "stages",
  about: "the stages of training and drawing at the size of Boston, against the authors' code",
  async run(context) {
    const notes = [
      "The bound rises and trajectories are accepted before anything is timed. The reference's times are constants, measured earlier on this kind of machine (reference/RESULTS.md).",
      slowdownNote,
      "The last line is drawing, decoding, and all test metrics: summed up on the device, on software adapters on the host.",
    ];
    return { notes, rows: await runStages(context) };
  },
};
