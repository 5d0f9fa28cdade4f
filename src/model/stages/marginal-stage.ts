import { add, compile, deviceTensor, div, maximum, mul, randomNormal, square, exp, sub, sum, where, foldIn, Tape, type DeviceTensor, type Tensor } from "../../autodiff/index.ts";
import { Adam } from "../../nn/adam.ts";
import type { StepCounter } from "../../nn/step-counter.ts";
import type { Schedule } from "../config.ts";
import { reparameterise, type Networks } from "../networks.ts";
import { drawBatch, type DeviceTable } from "../training-batch.ts";
import { gradientOutputs } from "./gradient-outputs.ts";
import type { Stage } from "./stage.ts";

/** Stage 1: the marginal VAEs of all features, one block-diagonal problem. */
export async function marginalStage(networks: Networks, table: DeviceTable, key: DeviceTensor, step: StepCounter, firstStep: number, schedule: Schedule): Promise<Stage> {
  const { gpu, parameters, shape } = networks;
  const tape = new Tape();
  const keyTensor = tape.read(key);
  const stepTensor = tape.read(step.tensor);
  const batch = drawBatch(tape, { ...table, y: undefined, observedY: undefined, zMean: undefined, zLogVar: undefined }, { key: keyTensor, step: stepTensor, batch: schedule.batch, maxMissingRate: 0 });
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
function boundPerFeature(networks: Networks, x: Tensor, observed: Tensor, key: Tensor, schedule: Schedule): Tensor {
  const { features } = networks.shape;
  const q = networks.marginalEncoder(x, observed);
  const theta = networks.marginalDecoder(reparameterise(q, randomNormal(key, x.shape)));
  const reconstruction = networks.features.logProb(theta, x, { weighted: true });
  const kl = mul(-0.5, sub(add(1, q.logVar), add(square(q.mean), exp(q.logVar))));
  const beta = x.tape.read(deviceTensor(networks.gpu, [features.length], features.map((column) => (column.kind === "gaussian" ? 1 : schedule.discreteKlWeight))));
  const bound = where(observed, sub(reconstruction, mul(beta, kl)), 0);
  return div(sum(bound, 0), maximum(sum(observed, 0), 1));
}

/** Each feature's bound over the whole training table, mean over several draws. */
export async function marginalBounds(networks: Networks, table: DeviceTable, schedule: Schedule): Promise<Float64Array> {
  const draws = 8;
  const tape = new Tape();
  const key = deviceTensor(networks.gpu, [2], undefined, { dtype: "u32", label: "key" });
  const program = await compile(networks.gpu, { bound: boundPerFeature(networks, tape.read(table.x), tape.read(table.observed), tape.read(key), schedule) });
  const total = new Float64Array(networks.shape.features.length);
  for (let draw = 0; draw < draws; draw++) {
    key.write([draw, 0]);
    program.run();
    (await program.outputs.bound.read()).forEach((value, d) => (total[d] += value / draws));
  }
  program.destroy();
  return total;
}

/** The codes of every training cell under the frozen marginal encoders; stage 2 and 3 draw from them. */
export async function encodeTable(networks: Networks, table: DeviceTable): Promise<void> {
  const tape = new Tape();
  const q = networks.marginalEncoder(tape.read(table.x), tape.read(table.observed));
  const program = await compile(networks.gpu, { mean: q.mean, logVar: q.logVar });
  program.run();
  table.zMean = program.outputs.mean;
  table.zLogVar = program.outputs.logVar;
  await networks.gpu.idle();
  program.destroy();
}
