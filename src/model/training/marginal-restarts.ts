import type { DeviceTensor } from "../../autodiff/index.ts";
import { foldIn, type Key } from "../../math/key.ts";
import type { StepCounter } from "../../nn/step-counter.ts";
import type { Schedule } from "../config/config.ts";
import type { LatentNetworks } from "../latent/networks.ts";
import { marginalBounds, marginalStage } from "./stages/marginal-stage.ts";
import type { Stage } from "./stages/stage.ts";
import type { DeviceTable } from "./training-batch.ts";

/**
 * Stage 1 with restarts: the marginal VAEs share no parameter, so each feature keeps the training whose bound is best.
 * (The authors train once; with 1,000 steps a feature now and then stays in a poor optimum.)
 */
export async function trainMarginals(
  networks: LatentNetworks,
  setting: { data: DeviceTable; key: DeviceTensor; counter: StepCounter; schedule: Schedule; initialisation: Key },
  run: (stage: Stage, firstStep: number, restart: number) => Promise<void>,
): Promise<void> {
  const { data, key, counter, schedule, initialisation } = setting;
  const { parameters, shape } = networks;
  const names = parameters.names("marginal/");
  const best = new Map<string, Float32Array>();
  const bestBounds = new Float64Array(shape.features.length).fill(-Infinity);
  for (let restart = 0; restart < schedule.marginalRestarts; restart++) {
    if (restart > 0) parameters.initialise(foldIn(initialisation, 1000 + restart), "marginal/");
    const firstStep = restart * schedule.marginalSteps;
    const stage = await marginalStage(networks, data, key, counter, firstStep, schedule);
    await run(stage, firstStep, restart);
    stage.destroy();
    const bounds = await marginalBounds(networks, data, schedule);
    const values = await parameters.read();
    bounds.forEach((bound, d) => {
      if (!(bound > bestBounds[d])) return;
      bestBounds[d] = bound;
      for (const name of names) {
        const all = values.get(name)!;
        const size = all.length / shape.features.length;
        if (!best.has(name)) best.set(name, all.slice());
        best.get(name)!.set(all.subarray(d * size, (d + 1) * size), d * size);
      }
    });
  }
  for (const [name, values] of best) parameters.value(name).write(values);
}
