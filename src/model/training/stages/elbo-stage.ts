import { compile, deviceTensor, reshape, Tape, type DeviceTensor, type Tensor } from "../../../autodiff/index.ts";
import { Adam } from "../../../nn/adam.ts";
import type { StepCounter } from "../../../nn/step-counter.ts";
import type { Schedule } from "../../config/config.ts";
import { BatchNorms } from "../../image/norms.ts";
import type { LatentNetworks } from "../../latent/networks.ts";
import { drawBatch, type DeviceTable } from "../training-batch.ts";
import { recordElbo } from "./elbo.ts";
import { gradientOutputs } from "./gradient-outputs.ts";
import type { Stage } from "./stage.ts";

/** Stage 2: everything but the marginal VAEs by the ELBO. `timed`: how many steps there will be is known only on the way, and the annealing has its share of them. */
export async function elboStage(networks: LatentNetworks, table: DeviceTable, key: DeviceTensor, step: StepCounter, firstStep: number, schedule: Schedule, timed = false): Promise<Stage> {
  const { gpu, parameters } = networks;
  const tape = new Tape();
  const keyTensor = tape.read(key);
  const stepTensor = tape.read(step.tensor);
  const batch = drawBatch(tape, table, { key: keyTensor, step: stepTensor, schedule });
  const norms = new BatchNorms(parameters);
  const annealSteps = timed && schedule.annealSteps > 0 ? deviceTensor(gpu, [1], [schedule.annealSteps], { label: "steps of the annealing" }) : undefined;
  const annealing = annealSteps && reshape(tape.read(annealSteps), []);
  const { loss, elbo, kl } = recordElbo(networks.withNorms(norms), batch, { key: keyTensor, step: stepTensor, firstStep, schedule, annealing });
  const prefixes = ["encoder/", "generative/", "decoder/", "predictor/"];
  const { outputs, into } = gradientOutputs(tape, parameters, loss, parameters.names(...prefixes));
  const measured: Record<string, Tensor> = { elbo, ...Object.fromEntries(kl.map((value, l) => [`kl_${l + 1}`, value])) };
  const program = await compile(gpu, { ...measured, ...outputs, ...norms.outputs }, { into: { ...into, ...norms.into } });
  const adam = await Adam.create(gpu, parameters, parameters.range(...prefixes), step.tensor, { learningRate: schedule.learningRate, firstStep });
  const work = [program, adam, step];
  return {
    name: "elbo",
    steps: schedule.viSteps,
    work: () => work,
    planned: (steps) => annealSteps?.write([Math.max(1, Math.round((schedule.annealSteps * steps) / schedule.viSteps))]),
    metrics: async () => {
      const values = await Promise.all(Object.keys(measured).map(async (name) => [name, (await program.outputs[name].read())[0]] as const));
      return Object.fromEntries(values);
    },
    optimizers: { elbo: adam },
    destroy: () => program.destroy(),
  };
}
