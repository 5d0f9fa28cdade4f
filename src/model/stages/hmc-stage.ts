import { add, broadcastTo, compile, div, exp, foldIn, maximum, mul, randomNormal, reshape, sum, Tape, where, type DeviceTensor, type Tensor } from "../../autodiff/index.ts";
import { Adam } from "../../nn/adam.ts";
import type { StepCounter } from "../../nn/step-counter.ts";
import type { Schedule } from "../config.ts";
import { logJoint } from "../density.ts";
import type { Networks } from "../networks.ts";
import { inflation } from "../posterior-start.ts";
import { drawBatch, type DeviceTable } from "../training-batch.ts";
import { conditionalChain, type RowData } from "../conditional-chain.ts";
import { recordElbo } from "./elbo.ts";
import { gradientOutputs } from "./gradient-outputs.ts";
import { inflationUpdate } from "./inflation-update.ts";
import type { Stage } from "./stage.ts";

/**
 * Stage 3, three updates a step, each touching only its own parameters: (a) the encoder by the ELBO, (b) decoders and
 * step sizes by E log p(z_O, y_O, eps^(T)), (c) every few steps the inflation by the SKSD of its own chains.
 */
export async function hmcStage(networks: Networks, table: DeviceTable, key: DeviceTensor, step: StepCounter, firstStep: number, schedule: Schedule): Promise<Stage> {
  const { gpu, parameters, shape } = networks;
  const { hmc } = shape.config;
  const { batch: rows } = schedule;

  // (a) a batch, the encoder's gradient by the ELBO, and the start of one chain per row
  const tape = new Tape();
  const keyTensor = tape.read(key);
  const stepTensor = tape.read(step.tensor);
  const batch = drawBatch(tape, table, { key: keyTensor, step: stepTensor, batch: rows, maxMissingRate: schedule.maxMissingRate });
  const { loss, elbo, posterior, counted } = recordElbo(tape, networks, batch, { key: keyTensor, step: stepTensor, firstStep: 0, schedule: { ...schedule, annealSteps: 0 } });
  const encoder = gradientOutputs(tape, parameters, loss, parameters.names("encoder/"));
  const chainKey = foldIn(foldIn(keyTensor, stepTensor), 3);
  const sigma = exp(mul(0.5, posterior.logVar));
  const start = add(posterior.mean, mul(mul(inflation(tape, networks), sigma), randomNormal(foldIn(chainKey, 1), posterior.mean.shape)));
  const outputs: Record<string, Tensor> = { elbo, mean: posterior.mean, sigma, counted, start, chainKey, z: batch.z ?? batch.x, x: batch.x, observed: batch.observed, ...encoder.outputs };
  if (batch.y && batch.observedY) Object.assign(outputs, { y: batch.y, observedY: batch.observedY });
  const prepare = await compile(gpu, outputs, { into: encoder.into });
  const made = prepare.outputs;
  const data: RowData = { x: made.x, observed: made.observed, z: made.z, y: made.y, observedY: made.observedY };
  const chain = await conditionalChain(networks, data, { rows, chainsPerRow: 1, key: made.chainKey, start: made.start, derivatives: true });

  // (b) maximise the mean of log p(z_O, y_O, eps^(T)) over rows with something observed
  const after = new Tape();
  const final = after.read(chain.hmc.position);
  const given = Object.fromEntries(Object.entries({ ...data, noise: chain.noise }).map(([name, tensor]) => [name, tensor && after.read(tensor)])) as unknown as Parameters<typeof logJoint>[2];
  const seen = after.read(made.counted);
  const weight = div(seen, maximum(sum(seen), 1));
  const objective = sum(where(seen, mul(weight, logJoint(networks, final, given)), 0));
  const decoders = gradientOutputs(after, parameters, mul(-1, objective), parameters.names("generative/", "decoder/", "predictor/"));
  // d objective / d log phi[t, i] = sum over rows of g_i d eps^(T)_i / d log phi[t, i], gradients inside the leapfrog constant
  const scores = after.read(chain.hmc.gradient);
  const derivatives = after.read(chain.hmc.derivatives!);
  const weighted = mul(scores, broadcastTo(reshape(weight, [rows, 1]), scores.shape));
  const stepSizeGradient = mul(-1, sum(mul(derivatives, broadcastTo(weighted, derivatives.shape)), 1));
  const update = await compile(
    gpu,
    { objective, ...decoders.outputs, stepSizes: stepSizeGradient },
    { into: { ...decoders.into, stepSizes: parameters.gradient("hmc/log_step_size") } },
  );

  // (c)
  const tune = await inflationUpdate(networks, data, { mean: made.mean, sigma: made.sigma, counted: made.counted, chainKey: made.chainKey, rows });

  const rate = { learningRate: schedule.learningRate, firstStep };
  const optimizers = {
    encoder: await Adam.create(gpu, parameters, parameters.range("encoder/"), step.tensor, rate),
    decoders: await Adam.create(gpu, parameters, parameters.range("generative/", "decoder/", "predictor/", "hmc/log_step_size"), step.tensor, rate),
    inflation: await Adam.create(gpu, parameters, parameters.range("hmc/log_inflation"), step.tensor, {
      learningRate: schedule.inflationLearningRate,
      firstStep,
      every: hmc.inflationEvery,
    }),
  };
  const updates = [update, optimizers.encoder, optimizers.decoders];
  const usual = [prepare, ...chain.work, ...updates, step];
  const tuning = [prepare, ...chain.work, ...tune.work, ...updates, optimizers.inflation, step];
  return {
    name: "hmc",
    steps: schedule.hmcSteps,
    work: (number) => (number % hmc.inflationEvery === 0 ? tuning : usual),
    metrics: async () => {
      // all reads are queued before the first is awaited: later steps may follow at once
      const values = [made.elbo, update.outputs.objective, tune.sksd.value].map((tensor) => tensor.read());
      const measured = [acceptance(chain.hmc.statistics, rows), hyperparameters(networks)] as const;
      const [[elbo], [objective], [sksd]] = await Promise.all(values);
      return { elbo, objective, ...(await measured[0]), sksd, ...(await measured[1]) };
    },
    optimizers,
    destroy: () => {
      for (const program of [prepare, update]) program.destroy();
      chain.destroy();
      tune.destroy();
    },
  };
}

/** Mean acceptance probability over chains and transitions, and the number of divergent trajectories. */
export async function acceptance(statistics: DeviceTensor, chains: number): Promise<{ acceptance: number; divergences: number }> {
  const values = await statistics.read();
  const transitions = values.length / 2;
  let accepted = 0;
  let divergences = 0;
  for (let t = 0; t < transitions; t++) {
    accepted += values[2 * t];
    divergences += values[2 * t + 1];
  }
  return { acceptance: accepted / (transitions * chains), divergences };
}

async function hyperparameters(networks: Networks): Promise<Record<string, number>> {
  const [logStepSizes, logInflation] = await Promise.all(["hmc/log_step_size", "hmc/log_inflation"].map((name) => networks.parameters.value(name).read()));
  const stepSize = logStepSizes.reduce((total, value) => total + Math.exp(value), 0) / logStepSizes.length;
  return { stepSize, ...Object.fromEntries(Array.from(logInflation, (value, l) => [`inflation_${l + 1}`, Math.exp(value)])) };
}
