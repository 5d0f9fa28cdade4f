import type { DeviceTensor } from "../../../autodiff/index.ts";
import { Adam } from "../../../nn/adam.ts";
import type { StepCounter } from "../../../nn/step-counter.ts";
import type { Schedule } from "../../config/config.ts";
import type { LatentNetworks } from "../../latent/networks.ts";
import type { DeviceTable } from "../training-batch.ts";
import { annealStepsOnDevice, boundPrefixes, boundProgram, sharesBound } from "./shared-bound.ts";
import type { Stage } from "./stage.ts";

/** Stage 2: everything but the marginal VAEs by the ELBO. `timed`: how many steps there will be is known only on the way, and the annealing has its share of them. */
export async function elboStage(networks: LatentNetworks, table: DeviceTable, key: DeviceTensor, step: StepCounter, firstStep: number, schedule: Schedule, timed = false): Promise<Stage> {
  const { gpu, parameters } = networks;
  const annealSteps = timed || sharesBound(networks) ? annealStepsOnDevice(networks, schedule) : undefined;
  const { program, measured } = await boundProgram({ networks, table, key, step: step.tensor, firstStep, schedule, annealSteps });
  const adam = await Adam.create(gpu, parameters, parameters.range(...boundPrefixes), step.tensor, { learningRate: schedule.learningRate, firstStep });
  const work = [program, adam, step];
  return {
    name: "elbo",
    steps: schedule.viSteps,
    work: () => work,
    planned: (steps) => annealSteps?.write([Math.max(1, Math.round((schedule.annealSteps * steps) / schedule.viSteps))]),
    metrics: async () => {
      const values = await Promise.all(measured.map(async (name) => [name, (await program.outputs[name].read())[0]] as const));
      return Object.fromEntries(values);
    },
    optimizers: { elbo: adam },
    destroy: () => program.destroy(),
  };
}
