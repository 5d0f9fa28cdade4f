import averageText from "../../../shaders/average.wgsl";
import { add, compile, concat, div, foldIn, greater, logSumExp, maximum, mul, randomNormal, randomUniform, reshape, slice, sub, sum, Tape, where, type DeviceTensor, type Program, type Tensor } from "../../autodiff/index.ts";
import { gridFor, makeDispatch, type Dispatch } from "../../gpu/dispatch.ts";
import { uniformFor } from "../../gpu/uniforms.ts";
import { Adam, elementsPerWorkgroup } from "../../nn/adam.ts";
import type { Parameters } from "../../nn/parameters.ts";
import type { StepCounter } from "../../nn/step-counter.ts";
import type { Schedule } from "../config/config.ts";
import { perChain } from "../latent/density.ts";
import { reparameterise } from "../latent/gaussian.ts";
import { anyObserved } from "../latent/networks.ts";
import { gradientOutputs } from "../training/stages/gradient-outputs.ts";
import type { Stage } from "../training/stages/stage.ts";
import { drawBatch, type DeviceTable } from "../training/training-batch.ts";
import type { CompletionMember, CompletionNetwork } from "./completion-network.ts";

/** Trains completion networks, and keeps the running average of their weights in another. `table` has all C columns as features. */
export async function completionStage(
  network: CompletionNetwork,
  average: CompletionNetwork,
  table: DeviceTable,
  setting: { name: "completion" | "ensemble"; steps: number; key: DeviceTensor; counter: StepCounter; firstStep: number; schedule: Schedule },
): Promise<Stage> {
  const { gpu, parameters } = network;
  const { name, steps, key, counter, firstStep, schedule } = setting;
  const keys = await memberKeys(key, network.members.length);
  const bounds = await boundPrograms(network, table, { keys, step: counter.tensor, schedule });
  const adam = await Adam.create(gpu, parameters, parameters.range("completion/"), counter.tensor, { learningRate: schedule.learningRate, firstStep });
  const averaging = await averageInto(parameters, average.parameters, counter.tensor, firstStep, network.shape.config.averaging);
  const work = [...bounds.programs, adam, averaging, counter];
  return {
    name,
    steps,
    work: () => work,
    metrics: async () => {
      const each = await Promise.all(bounds.bounds.map(async (bound) => (await bound.read())[0]));
      return { bound: each.reduce((a, b) => a + b) / each.length };
    },
    optimizers: { completion: adam },
    destroy: () => {
      for (const program of bounds.programs) program.destroy();
    },
  };
}

/** Beyond all step numbers, so that no member's key is a step's. */
const memberKey = 2 ** 31;

/** The key of each member's draws, u32 [2] each. The first one's is the stage's. */
async function memberKeys(key: DeviceTensor, members: number): Promise<DeviceTensor[]> {
  if (members === 1) return [key];
  const tape = new Tape();
  const further = Object.fromEntries(Array.from({ length: members - 1 }, (_, m) => [m + 1, foldIn(tape.read(key), memberKey + m + 1)]));
  const program = await compile(key.gpu, further);
  program.run();
  return [key, ...Object.values(program.outputs)];
}

/** What a step runs: the bound of each member, and the gradients of its parameters. */
interface BoundPrograms {
  programs: Program[];
  bounds: DeviceTensor[];
}

/**
 * On hardware one program for all members, in few dispatches. A processor has one for each: their kernels are the same, so that they are compiled once, for
 * an ensemble of few or many, and compiling takes longer there than many steps.
 */
async function boundPrograms(network: CompletionNetwork, table: DeviceTable, { keys, step, schedule }: { keys: readonly DeviceTensor[]; step: DeviceTensor; schedule: Schedule }): Promise<BoundPrograms> {
  const { gpu, parameters, members } = network;
  const groups = gpu.software ? members.map((_, m) => [m]) : [members.map((_, m) => m)];
  const programs = await Promise.all(groups.map(async (group) => {
    const tape = new Tape();
    const bounds = group.map((m) => {
      tape.restartStreams();
      return recordBound(tape, network, members[m], table, { key: tape.read(keys[m]), step: tape.read(step), schedule });
    });
    const names = group.flatMap((m) => members[m].parameterNames);
    const { outputs, into } = gradientOutputs(tape, parameters, mul(-1, bounds.reduce((a, b) => add(a, b))), names);
    return compile(gpu, { ...Object.fromEntries(bounds.map((bound, i) => [`bound ${i}`, bound])), ...outputs } as Record<string, Tensor>, { into });
  }));
  return { programs, bounds: programs.flatMap((program, i) => groups[i].map((_, m) => program.outputs[`bound ${m}`])) };
}

/**
 * A member's bound of a batch: mean over rows with something hidden of log 1/K sum_k prod over hidden d of p(x_d | z_k, x_O), z_k ~ q(z | x_O). What is hidden
 * is drawn anew for every row: each entry at a rate of the row's own, uniform between the schedule's.
 */
function recordBound(tape: Tape, network: CompletionNetwork, member: CompletionMember, table: DeviceTable, { key, step, schedule }: { key: Tensor; step: Tensor; schedule: Schedule }): Tensor {
  const { config, columns, features } = network.shape;
  const { samples, latent, hideTargets } = config;
  const { batch } = schedule;
  const { x, observed: drawn, known: all, rows } = drawBatch(tape, table, { key, step, schedule, features });
  const observed = hideTargets && features < columns.length ? concat([slice(drawn, 1, 0, features), tape.fill(0, [batch, columns.length - features])], 1) : drawn;
  const hidden = where(observed, 0, all);
  const told = network.shape.rows && toldHalf(key, step, batch);
  const known = network.known(x, observed, { numbers: rows, told });
  const q = member.encoder(known);
  const each = (t: Tensor): Tensor => perChain(t, samples);
  const z = reparameterise({ mean: each(q.mean), logVar: each(q.logVar) }, randomNormal(foldIn(foldIn(key, step), 2), [batch * samples, latent]));
  const logProb = where(each(hidden), network.likelihood.logProb(member.decoder(z, known), each(x)), 0);
  const perRow = sub(logSumExp(reshape(sum(logProb, 1), [batch, samples]), -1), Math.log(samples));
  const counted = anyObserved(hidden);
  return div(sum(where(counted, perRow, 0)), maximum(sum(counted), 1));
}

/** 1 for half of the rows, drawn anew at every step, else 0: [B, 1]. A network that is always told what is found of the rows learns little else. (Dropout: Srivastava et al. 2014) */
function toldHalf(key: Tensor, step: Tensor, batch: number): Tensor {
  return greater(randomUniform(foldIn(foldIn(key, step), 3), [batch, 1]), 0.5);
}

/** average <- a average + (1 - a) value, a growing to `decay` in the first steps. */
async function averageInto(from: Parameters, into: Parameters, step: DeviceTensor, firstStep: number, decay: number): Promise<Dispatch> {
  const { gpu } = step;
  const count = from.values.size;
  const params = uniformFor(gpu, averageText, { count, first: firstStep, decay }, "average params");
  return makeDispatch(
    gpu,
    { name: "average", file: "shaders/average.wgsl", wgsl: averageText, bindings: ["uniform", "read", "read", "write"] },
    [params, step.storage, from.values.storage, into.values.storage],
    gridFor(count / 4, elementsPerWorkgroup / 4),
  );
}

/** All columns of a table as features, features first. */
export function combinedTable(table: { rows: number; features: number; targets: number; x: ArrayLike<number>; observedX: ArrayLike<number>; y: ArrayLike<number>; observedY: ArrayLike<number> }): {
  rows: number; features: number; targets: 0; x: Float32Array; observedX: Float32Array; y: Float32Array; observedY: Float32Array;
} {
  const { rows, features: d, targets: p } = table;
  const join = (a: ArrayLike<number>, b: ArrayLike<number>): Float32Array =>
    Float32Array.from({ length: rows * (d + p) }, (_, i) => {
      const [row, j] = [Math.floor(i / (d + p)), i % (d + p)];
      return j < d ? a[row * d + j] : b[row * p + j - d];
    });
  return { rows, features: d + p, targets: 0, x: join(table.x, table.y), observedX: join(table.observedX, table.observedY), y: new Float32Array(0), observedY: new Float32Array(0) };
}
