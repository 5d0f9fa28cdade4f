import { compile, deviceTensor, gather, log, mul, reshape, sub, Tape, type DeviceTensor, type Program, type Tensor } from "../../../autodiff/index.ts";
import { submit } from "../../../gpu/dispatch.ts";
import { foldIn as foldKey, uniform, type Key } from "../../../math/key.ts";
import { resampledRows } from "../../../math/resampling.ts";
import type { ModelConfig } from "../../config/config.ts";
import { logJoint, perChain } from "../density.ts";
import { logDensity } from "../gaussian.ts";
import type { LatentNetworks } from "../networks.ts";

/** How posterior draws are made: HMC chains from the encoder's Gaussian, that Gaussian itself, or draws of it reweighted to the posterior. */
export const samplers = ["hmc", "encoder", "importance"] as const;
export type Sampler = (typeof samplers)[number];

/** The sampler that a configuration is trained for. */
export function samplerOf({ inference }: ModelConfig): Sampler {
  return ({ hmc: "hmc", elbo: "encoder", "importance-weighted": "importance" } as const)[inference];
}

/** The sampler that a model is trained for. */
export function usualSampler({ shape }: LatentNetworks): Sampler {
  return samplerOf(shape.config);
}

/** Proposals and what they are conditioned on, on the device: rows [B, ...], proposals [B S, K]. */
interface Proposals {
  x: DeviceTensor;
  observed: DeviceTensor;
  y?: DeviceTensor;
  observedY?: DeviceTensor;
  z: DeviceTensor;
  mean: DeviceTensor;
  standardDeviation: DeviceTensor;
  start: DeviceTensor;
}

/** Tag of the key of the resampling. */
const resamplingKey = 7;

/**
 * Self-normalised importance sampling: draws eps ~ q(eps | x_O) with log w = log p(z_O, eps) - log q(eps | x_O), resampled in
 * proportion to w, y hidden or what is known of it. As many draws come out as went in, some of them more than once.
 */
export class ImportanceSampling {
  private constructor(
    private readonly networks: LatentNetworks,
    private readonly sizes: { rows: number; draws: number },
    private readonly weigh: Program<"logWeight">,
    private readonly resample: Program<"eps">,
    private readonly index: DeviceTensor,
  ) {}

  static async create(networks: LatentNetworks, given: Proposals, sizes: { rows: number; draws: number }): Promise<ImportanceSampling> {
    const { gpu, latentSize: k } = networks;
    const { rows, draws } = sizes;
    const tape = new Tape();
    const each = (tensor: DeviceTensor): Tensor => perChain(tape.read(tensor), draws);
    const eps = reshape(tape.read(given.start), [rows * draws, k]);
    const targets = given.y && given.observedY && { y: each(given.y), observedY: each(given.observedY) };
    const joint = logJoint(networks, eps, { x: each(given.x), observed: each(given.observed), z: each(given.z), ...targets });
    const q = { mean: each(given.mean), logVar: mul(2, log(each(given.standardDeviation))) };
    const weigh = await compile(gpu, { logWeight: sub(joint, logDensity(eps, q)) });
    const index = deviceTensor(gpu, [rows * draws], undefined, { dtype: "u32", label: "resampled draws" });
    const after = new Tape();
    const resample = await compile(gpu, { eps: gather(reshape(after.read(given.start), [rows * draws, k]), after.read(index)) });
    return new ImportanceSampling(networks, sizes, weigh, resample, index);
  }

  /** The resampled draws [B S, K], after `run`. */
  get eps(): DeviceTensor {
    return this.resample.outputs.eps;
  }

  /** Weighs and resamples the proposals that are on the device. Returns each row's effective share of the draws. */
  async run(key: Key): Promise<Float64Array> {
    submit(this.networks.gpu, [this.weigh]);
    const { index, effective } = resampledRows(await this.weigh.outputs.logWeight.read(), uniform(foldKey(key, resamplingKey), this.sizes.rows));
    this.index.write(index);
    submit(this.networks.gpu, [this.resample]);
    return effective;
  }

  destroy(): void {
    for (const program of [this.weigh, this.resample]) program.destroy();
    this.index.destroy();
  }
}
