import type { DeviceTensor } from "../../../autodiff/index.ts";
import { Adam } from "../../../nn/adam.ts";
import type { StepCounter } from "../../../nn/step-counter.ts";
import { chainsAtOnce } from "../../posterior/chains-at-once.ts";
import type { Schedule } from "../../config/config.ts";
import type { LatentNetworks } from "../../latent/networks.ts";
import type { DeviceTable } from "../training-batch.ts";
import { acceptance, type RowData } from "../../latent/posterior/conditional-chain.ts";
import { chainStart } from "./chain-start.ts";
import { decoderUpdate, objectiveChains } from "./decoder-update.ts";
import { inflationUpdate } from "./inflation-update.ts";
import type { Stage } from "./stage.ts";

/** Chains that tune the inflation of a model of pictures. */
const pictureChains = 300;

/**
 * Stage 3, three updates a step, each touching only its own parameters: (a) the encoder by the ELBO, (b) decoders and
 * step sizes by E log p(z_O, y_O, eps^(T)) (and the entropy of q^(T), if asked), (c) every few steps the inflation by the SKSD of its own chains.
 * `elboFirst`: the first step of the stage `elbo`, whose program is run again where compiling takes long.
 */
export async function hmcStage(networks: LatentNetworks, table: DeviceTable, key: DeviceTensor, step: StepCounter, firstStep: number, schedule: Schedule, elboFirst = 0): Promise<Stage> {
  const { gpu, parameters, shape } = networks;
  const { hmc } = shape.config;
  const { batch: rows } = schedule;

  // (a) a batch, the encoder's gradient by the ELBO, and the start of the chains
  const begin = await chainStart({ networks, table, key, step: step.tensor, elboFirst: Math.min(elboFirst, firstStep - 1), schedule });
  const { made, data } = begin;

  // (b)
  const decoders = await decoderUpdate(networks, data, { rows, key: made.chainKey, start: made.start, counted: made.counted, share: made.share });

  // (c)
  // all rows, or of pictures a few: a chain through convolutions costs hundreds of times as much, and the inflation is two numbers
  const tuned = shape.config.image ? Math.max(1, Math.min(rows, Math.floor(Math.min(pictureChains, chainsAtOnce(gpu, shape)) / hmc.sksdChains))) : rows;
  const first = <T extends DeviceTensor | undefined>(tensor: T): T => (tensor && tuned < rows ? (tensor.view(0, [tuned, ...tensor.shape.slice(1)], tensor.label) as T) : tensor);
  const ofTuned: RowData = { x: first(data.x), observed: first(data.observed), z: first(data.z), y: first(data.y), observedY: first(data.observedY) };
  const tune = await inflationUpdate(networks, ofTuned, { mean: first(made.mean), sigma: first(made.sigma), counted: first(made.counted), chainKey: made.chainKey, rows: tuned });

  const rate = { learningRate: schedule.learningRate, firstStep };
  const ofDecoders = ["generative/", "decoder/", "predictor/", "hmc/log_step_size"];
  const update = await Adam.create(gpu, parameters, parameters.range("encoder/", ...ofDecoders), step.tensor, rate);
  const optimizers = {
    encoder: update.part(parameters.range("encoder/")),
    decoders: update.part(parameters.range(...ofDecoders)),
    inflation: await Adam.create(gpu, parameters, parameters.range("hmc/log_inflation"), step.tensor, {
      learningRate: schedule.inflationLearningRate,
      firstStep,
      every: hmc.inflationEvery,
    }),
  };
  const usual = [...begin.work, ...decoders.work, update, step];
  const tuning = [...begin.work, ...decoders.work, ...tune.work, update, optimizers.inflation, step];
  return {
    name: "hmc",
    steps: schedule.hmcSteps,
    work: (number) => (number % hmc.inflationEvery === 0 ? tuning : usual),
    metrics: async () => {
      // all reads are queued before the first is awaited: later steps may follow at once
      const values = [made.elbo, tune.sksd.value, ...Object.values(decoders.measured)].map((tensor) => tensor.read());
      const measured = [acceptance(decoders.chain.hmc.statistics, rows * objectiveChains(networks)), hyperparameters(networks)] as const;
      const [[elbo], [sksd], ...others] = await Promise.all(values);
      const objective = Object.fromEntries(Object.keys(decoders.measured).map((name, i) => [name, others[i][0]]));
      return { elbo, ...objective, ...(await measured[0]), sksd, ...(await measured[1]) };
    },
    optimizers,
    destroy: () => {
      begin.destroy();
      decoders.destroy();
      tune.destroy();
    },
  };
}

async function hyperparameters(networks: LatentNetworks): Promise<Record<string, number>> {
  const [logStepSizes, logInflation] = await Promise.all(["hmc/log_step_size", "hmc/log_inflation"].map((name) => networks.parameters.value(name).read()));
  const stepSize = logStepSizes.reduce((total, value) => total + Math.exp(value), 0) / logStepSizes.length;
  return { stepSize, ...Object.fromEntries(Array.from(logInflation, (value, l) => [`inflation_${l + 1}`, Math.exp(value)])) };
}
