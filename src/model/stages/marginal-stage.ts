import { add, compile, div, maximum, mul, randomNormal, square, exp, sub, sum, where, foldIn, Tape, type DeviceTensor, type Tensor } from "../../autodiff/index.ts";
import { deviceTensor } from "../../autodiff/index.ts";
import { Adam } from "../../nn/adam.ts";
import type { StepCounter } from "../../nn/step-counter.ts";
import type { Schedule } from "../config.ts";
import { reparameterise, type Networks } from "../networks.ts";
import { drawBatch, type DeviceTable } from "../training-batch.ts";
import { gradientOutputs } from "./gradient-outputs.ts";
import type { Stage } from "./stage.ts";

/** Stage 1: the marginal VAEs of all features, one block-diagonal problem. */
export async function marginalStage(networks: Networks, table: DeviceTable, key: DeviceTensor, step: StepCounter, schedule: Schedule): Promise<Stage> {
  const { gpu, parameters, shape } = networks;
  const tape = new Tape();
  const keyTensor = tape.read(key);
  const stepTensor = tape.read(step.tensor);
  const batch = drawBatch(tape, { ...table, y: undefined, observedY: undefined, zMean: undefined, zLogVar: undefined }, { key: keyTensor, step: stepTensor, batch: schedule.batch, maxMissingRate: 0 });
  const q = networks.marginalEncoder(batch.x, batch.observed);
  const noise = randomNormal(foldIn(foldIn(keyTensor, stepTensor), 1), batch.x.shape);
  const theta = networks.marginalDecoder(reparameterise(q, noise));
  // L_d = E_q log p(x_d | z_d) - beta KL(q(z_d | x_d) || N(0, 1)), beta = 1 for continuous, 0.2 for discrete
  const reconstruction = networks.features.logProb(theta, batch.x, { weighted: true });
  const kl = mul(-0.5, sub(add(1, q.logVar), add(square(q.mean), exp(q.logVar))));
  const beta = tape.read(deviceTensor(gpu, [shape.features.length], shape.features.map((column) => (column.kind === "gaussian" ? 1 : schedule.discreteKlWeight))));
  const bound = where(batch.observed, sub(reconstruction, mul(beta, kl)), 0);
  // mean over the rows where the feature is observed, for each feature
  const perFeature = div(sum(bound, 0), maximum(sum(batch.observed, 0), 1));
  const elbo = sum(perFeature);
  const loss = mul(elbo, -1);
  const names = parameters.names("marginal/");
  const { outputs, into } = gradientOutputs(tape, parameters, loss, names);
  const program = await compile(gpu, { elbo, ...outputs } as Record<string, Tensor>, { into });
  const adam = await Adam.create(gpu, parameters, parameters.range("marginal/"), step.tensor, { learningRate: schedule.learningRate });
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
