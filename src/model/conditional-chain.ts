import type { DeviceTensor } from "../autodiff/index.ts";
import type { Encodable } from "../gpu/dispatch.ts";
import { makeCopy } from "../sampler/copy.ts";
import { compileHmc, type HmcChain } from "../sampler/index.ts";
import { logJoint, perChain, type Conditions } from "./density.ts";
import { heldNoise } from "./held-noise.ts";
import type { Networks } from "./networks.ts";

/** What the posterior of a batch of rows is conditioned on, on the device. y absent: hidden for all rows. */
export interface RowData {
  x: DeviceTensor;
  observed: DeviceTensor;
  z: DeviceTensor;
  y?: DeviceTensor;
  observedY?: DeviceTensor;
}

export interface ConditionalChainOptions {
  rows: number;
  chainsPerRow: number;
  /** u32 [2]; must differ from run to run. */
  key: DeviceTensor;
  /** Starting points [rows * chainsPerRow, K], the chains of a row side by side. */
  start: DeviceTensor;
  derivatives?: boolean;
}

/** HMC chains on log p(z_O, y_O, eps) of a batch of rows. */
export interface ConditionalChain {
  hmc: HmcChain;
  /** The noise in x_hat of the current trajectory; absent where y is hidden. */
  noise?: DeviceTensor;
  work: Encodable[];
  destroy(): void;
}

/** Compiles the chains by the general path: leapfrog kernels between replays of the density's gradient program. */
export async function conditionalChain(networks: Networks, data: RowData, options: ConditionalChainOptions): Promise<ConditionalChain> {
  const { gpu, parameters, shape } = networks;
  const { rows, chainsPerRow, key } = options;
  const chains = rows * chainsPerRow;
  const { transitions, leapfrogSteps } = shape.config.hmc;
  const noise = data.y ? await heldNoise(gpu, key, { chains, width: shape.features.length, transitions }) : undefined;

  const hmc = await compileHmc(gpu, {
    chains,
    dim: networks.latentSize,
    transitions,
    leapfrogSteps,
    key,
    logStepSizes: parameters.value("hmc/log_step_size"),
    derivatives: options.derivatives,
    beforeTransition: noise ? (t) => noise.use(t) : undefined,
    logDensity: (position) => {
      const read = (tensor: DeviceTensor) => perChain(position.tape.read(tensor), chainsPerRow);
      const given: Conditions = { z: read(data.z), x: read(data.x), observed: read(data.observed) };
      if (data.y && data.observedY) Object.assign(given, { y: read(data.y), observedY: read(data.observedY), noise: position.tape.read(noise!.tensor) });
      return logJoint(networks, position, given);
    },
  });
  const place = await makeCopy(gpu, options.start, hmc.position);
  const work: Encodable[] = [place];
  if (noise) work.push(noise.draw, noise.use(0));
  work.push(hmc);
  return { hmc, noise: noise?.tensor, work, destroy: () => hmc.destroy() };
}
