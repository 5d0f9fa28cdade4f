import { compile, foldIn, randomNormal, Tape, type DeviceTensor } from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import type { Encodable } from "../../gpu/dispatch.ts";

/**
 * Noise that is drawn once per chain and trajectory and then held, so that the density inside a trajectory is a
 * function. (The authors' code draws it at every evaluation, which makes the Metropolis test invalid.)
 */
export interface HeldNoise {
  /** The noise of every transition [T, stride], each [chains, width] padded to a multiple of 64 elements. */
  readonly all: DeviceTensor;
  /** Draws the noise of all transitions from the key. */
  readonly draw: Encodable;
  /** The noise of transition t [chains, width]. */
  of(t: number): DeviceTensor;
}

/** Folded into the chains' key, so that the noise is independent of their momenta. */
const noiseTag = 7;

export async function heldNoise(gpu: Gpu, key: DeviceTensor, sizes: { chains: number; width: number; transitions: number }): Promise<HeldNoise> {
  const { chains, width, transitions } = sizes;
  // views start at multiples of 64 elements
  const stride = Math.ceil((chains * width) / 64) * 64;
  const tape = new Tape();
  const draw = await compile(gpu, { all: randomNormal(foldIn(tape.read(key), noiseTag), [transitions, stride]) });
  const { all } = draw.outputs;
  return { all, draw, of: (t) => all.view(t * stride, [chains, width]) };
}
