import { compile, deviceTensor, foldIn, maximum, randomNormal, Tape, type DeviceTensor, type Tensor } from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import type { Encodable } from "../../gpu/dispatch.ts";

/**
 * Noise that is drawn once per chain and trajectory and then held, so that the density inside a trajectory is a
 * function. (The authors' code draws it at every evaluation, which makes the Metropolis test invalid.)
 */
export interface HeldNoise {
  /** The noise of every transition [T, stride], each [chains, width] padded to a multiple of 64 elements. */
  readonly all: DeviceTensor;
  /** Draws the noise of all transitions from the key; in the same dispatch it puts the chains where they start, if that is given. */
  draw(start?: { from: DeviceTensor; into: DeviceTensor }): Promise<Encodable>;
  /** The noise of transition t [chains, width]. */
  of(t: number): DeviceTensor;
}

/** Folded into the chains' key, so that the noise is independent of their momenta. */
const noiseTag = 7;

export function heldNoise(gpu: Gpu, key: DeviceTensor, sizes: { chains: number; width: number; transitions: number }): HeldNoise {
  const { chains, width, transitions } = sizes;
  // views start at multiples of 64 elements
  const stride = Math.ceil((chains * width) / 64) * 64;
  const all = deviceTensor(gpu, [transitions, stride], undefined, { label: "noise of the trajectories" });
  const draw: HeldNoise["draw"] = (start) => {
    const tape = new Tape();
    const outputs: Record<string, Tensor> = { all: randomNormal(foldIn(tape.read(key), noiseTag), [transitions, stride]) };
    // an output that computes nothing would be copied by a dispatch of its own
    if (start) outputs.position = maximum(tape.read(start.from), tape.read(start.from));
    return compile(gpu, outputs, { into: { all, ...(start && { position: start.into }) } });
  };
  return { all, draw, of: (t) => all.view(t * stride, [chains, width]) };
}
