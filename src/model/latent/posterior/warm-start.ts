import { compile, deviceTensor, gather, reshape, slice, sum, Tape, where, type DeviceTensor, type Program, type Tensor } from "../../../autodiff/index.ts";
import { makeCopy } from "../../../autodiff/copy.ts";
import { submit, type Encodable } from "../../../gpu/dispatch.ts";
import { uniform, type Key } from "../../../math/key.ts";
import { resampledRows } from "../../../math/resampling.ts";
import { perChain } from "../density.ts";
import type { LatentNetworks } from "../networks.ts";
import { conditionalChain, type ConditionalChain } from "./conditional-chain.ts";

/** Below this share of effective draws a warm start has too few distinct positions to go on from. */
const leastEffective = 0.1;
/** Transitions that move the resampled draws apart again. */
const warmTransitions = 2;

/** Posterior draws, and what they are conditioned on. */
interface Earlier {
  x: DeviceTensor;
  observed: DeviceTensor;
  z: DeviceTensor;
  eps: DeviceTensor;
  chainKey: DeviceTensor;
}

/** Draws that follow from the last ones when cells become known: reweighted by the likelihood of the new cells, resampled, and moved by the chain's last transitions. */
export class WarmStart {
  private constructor(
    private readonly networks: LatentNetworks,
    private readonly sizes: { rows: number; draws: number },
    /** 1 where a cell became known since the last draws. [rows, D] */
    private readonly added: DeviceTensor,
    private readonly weigh: Program<"logWeight">,
    private readonly index: DeviceTensor,
    private readonly work: readonly Encodable[],
    private readonly chain: ConditionalChain,
  ) {}

  static async create(networks: LatentNetworks, data: Earlier, sizes: { rows: number; draws: number }): Promise<WarmStart> {
    const { gpu, shape, parameters, latentSize: k } = networks;
    const { rows, draws } = sizes;
    const { transitions } = shape.config.hmc;
    const few = Math.min(warmTransitions, transitions);
    const added = deviceTensor(gpu, [rows, shape.features.length]);
    // log w_s = sum over added cells of log p(z_d | h_1), or of log p(x_d | h_1) without marginal VAEs
    const tape = new Tape();
    const position = reshape(tape.read(data.eps), [rows * draws, k]);
    const output = networks.decoder(networks.generate(position)[0]);
    const each = (tensor: DeviceTensor): Tensor => perChain(tape.read(tensor), draws);
    const logWeight = sum(where(each(added), networks.emission.logProb(output, each(data.z)), 0), 1);
    const weigh = await compile(gpu, { logWeight });
    const index = deviceTensor(gpu, [rows * draws], undefined, { dtype: "u32", label: "resampled draws" });
    const after = new Tape();
    const moved = await compile(gpu, {
      start: gather(reshape(after.read(data.eps), [rows * draws, k]), after.read(index)),
      stepSizes: slice(after.read(parameters.value("hmc/log_step_size")), 0, transitions - few, transitions),
    });
    const chain = await conditionalChain(networks, data, {
      rows, chainsPerRow: draws, key: data.chainKey, start: moved.outputs.start, last: { transitions: few, logStepSizes: moved.outputs.stepSizes },
    });
    // the decoding reads one place, whichever chain wrote it
    const back = await makeCopy(gpu, chain.hmc.position, data.eps);
    return new WarmStart(networks, sizes, added, weigh, index, [moved, ...chain.work, back], chain);
  }

  /** Moves the draws; `prepare` codes the added cells and makes a fresh chain key. Returns each row's effective share of the earlier draws, or undefined where they are too few. */
  async move(added: Float32Array, prepare: Encodable, key: Key): Promise<Float64Array | undefined> {
    const { gpu } = this.networks;
    this.added.write(added);
    submit(gpu, [prepare, this.weigh]);
    const { index, effective } = resampledRows(await this.weigh.outputs.logWeight.read(), uniform(key, this.sizes.rows));
    if (!effective.every((share) => share >= leastEffective)) return undefined;
    this.index.write(index);
    submit(gpu, this.work);
    return effective;
  }

  destroy(): void {
    this.weigh.destroy();
    this.chain.destroy();
    for (const tensor of [this.added, this.index]) tensor.destroy();
  }
}
