import { add, compile, deviceTensor, div, maximum, mul, randomNormal, square, exp, sub, sum, where, foldIn, Tape, type DeviceTensor, type Tensor } from "../../../autodiff/index.ts";
import { isNumber } from "../../../likelihood/mixed.ts";
import { Adam } from "../../../nn/adam.ts";
import type { StepCounter } from "../../../nn/step-counter.ts";
import type { Schedule } from "../../config/config.ts";
import { reparameterise } from "../../latent/gaussian.ts";
import type { LatentNetworks } from "../../latent/networks.ts";
import { featureEntries, featureParams } from "../../config/spec.ts";
import { drawBatch, type DeviceTable } from "../training-batch.ts";
import { gradientOutputs } from "./gradient-outputs.ts";
import type { Stage } from "./stage.ts";

/** Stage 1: the marginal VAEs of all features, one block-diagonal problem. */
export async function marginalStage(networks: LatentNetworks, table: DeviceTable, key: DeviceTensor, step: StepCounter, firstStep: number, schedule: Schedule): Promise<Stage> {
  const { gpu, parameters } = networks;
  const tape = new Tape();
  const keyTensor = tape.read(key);
  const stepTensor = tape.read(step.tensor);
  const batch = drawBatch(tape, { ...table, y: undefined, observedY: undefined, zMean: undefined, zLogVar: undefined }, { key: keyTensor, step: stepTensor, schedule: { batch: schedule.batch, maxMissingRate: 0 } });
  const perFeature = boundPerFeature(networks, batch.x, batch.observed, foldIn(foldIn(keyTensor, stepTensor), 1), schedule);
  const elbo = sum(perFeature);
  const loss = mul(elbo, -1);
  const names = parameters.names("marginal/");
  const { outputs, into } = gradientOutputs(tape, parameters, loss, names);
  const program = await compile(gpu, { elbo, ...outputs } as Record<string, Tensor>, { into });
  const adam = await Adam.create(gpu, parameters, parameters.range("marginal/"), step.tensor, { learningRate: schedule.learningRate, firstStep });
  const work = [program, adam, step];
  return {
    name: "marginal",
    steps: schedule.marginalSteps,
    work: () => work,
    metrics: async () => ({ elbo: (await program.outputs.elbo.read())[0] }),
    optimizers: { marginal: adam },
    destroy: () => program.destroy(),
  };
}

/**
 * L_d = E_q log p(x_d | z_d) - beta KL(q(z_d | x_d) || N(0, 1)), beta = 1 for continuous, 0.2 for discrete, one draw per
 * row: mean over the rows where the feature is observed, for each feature. x, observed [N, D] -> [D]
 */
function boundPerFeature(networks: LatentNetworks, x: Tensor, observed: Tensor, key: Tensor, schedule: Schedule): Tensor {
  const { features } = networks.shape;
  const q = networks.marginalEncoder(x, observed);
  const theta = networks.marginalDecoder(reparameterise(q, randomNormal(key, x.shape)));
  const reconstruction = networks.features.logProb(theta, x, { weighted: true });
  const kl = mul(-0.5, sub(add(1, q.logVar), add(square(q.mean), exp(q.logVar))));
  const beta = x.tape.read(deviceTensor(networks.gpu, [features.length], features.map((column) => (isNumber(column) ? 1 : schedule.discreteKlWeight))));
  const bound = where(observed, sub(reconstruction, mul(beta, kl)), 0);
  return div(sum(bound, 0), maximum(sum(observed, 0), 1));
}

/** Each feature's bound over the whole training table, mean over several draws. */
export async function marginalBounds(networks: LatentNetworks, table: DeviceTable, schedule: Schedule, elements = blockElements): Promise<Float64Array> {
  const draws = 8;
  const count = networks.shape.features.length;
  const [total, seen] = [new Float64Array(count), new Float64Array(count)];
  const key = deviceTensor(networks.gpu, [2], undefined, { dtype: "u32", label: "key" });
  for (const [index, { x, observed }] of blocksOf(networks, table, elements).entries()) {
    const tape = new Tape();
    const o = tape.read(observed);
    const program = await compile(networks.gpu, { bound: boundPerFeature(networks, tape.read(x), o, tape.read(key), schedule), seen: sum(o, 0) });
    for (let draw = 0; draw < draws; draw++) {
      key.write([draw, index]);
      program.run();
      const [bound, rows] = await Promise.all([program.outputs.bound.read(), program.outputs.seen.read()]);
      bound.forEach((value, d) => {
        total[d] += value * rows[d];
        seen[d] += rows[d];
      });
    }
    program.destroy();
  }
  return total.map((value, d) => value / Math.max(seen[d], 1));
}

/** The codes of every training cell under the frozen marginal encoders; stage 2 and 3 draw from them. */
export async function encodeTable(networks: LatentNetworks, table: DeviceTable, elements = blockElements): Promise<void> {
  const { gpu } = networks;
  const shape = [table.rows, networks.shape.features.length];
  const codes = { mean: deviceTensor(gpu, shape, undefined, { label: "mean of z" }), logVar: deviceTensor(gpu, shape, undefined, { label: "log variance of z" }) };
  for (const { x, observed, part } of blocksOf(networks, table, elements)) {
    const tape = new Tape();
    const q = networks.marginalEncoder(tape.read(x), tape.read(observed));
    const program = await compile(gpu, { mean: q.mean, logVar: q.logVar }, { into: { mean: part(codes.mean), logVar: part(codes.logVar) } });
    program.run();
    await gpu.idle();
    program.destroy();
  }
  table.zMean = codes.mean;
  table.zLogVar = codes.logVar;
}

/** The largest array that a pass over the table makes at once, in elements. */
const blockElements = 2 ** 24;

/** The table in blocks of rows, so that all features' hidden units of a block take bounded memory. */
function blocksOf({ shape }: LatentNetworks, table: DeviceTable, elements: number): { x: DeviceTensor; observed: DeviceTensor; part(whole: DeviceTensor): DeviceTensor }[] {
  const d = shape.features.length;
  // views start at multiples of 64 elements
  const size = 64 * Math.max(1, Math.floor(elements / (64 * d * Math.max(shape.config.marginalHidden, featureEntries(shape) + 1, featureParams(shape)))));
  return Array.from({ length: Math.ceil(table.rows / size) }, (_, block) => {
    const first = block * size;
    const part = (whole: DeviceTensor): DeviceTensor => whole.view(first * d, [Math.min(size, table.rows - first), d]);
    return { x: part(table.x), observed: part(table.observed), part };
  });
}
