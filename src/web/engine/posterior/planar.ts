import { compile, deviceTensor, Tape } from "../../../autodiff/index.ts";
import type { Tuned } from "../../../experiments/sampler-tuning.ts";
import type { Gpu } from "../../../gpu/device.ts";
import { normal, type Key } from "../../../math/key.ts";
import { compilePaths, type ChainPaths, type PlanarTarget } from "../../../sampler/index.ts";

/** A log density at the points of a grid over its window, rows from low to high y [size, size]. */
export interface DensityGrid {
  readonly size: number;
  readonly window: PlanarTarget["window"];
  readonly logDensity: Float32Array;
}

/** Evaluates a target at size x size points, the first and last on the window's bounds. */
export async function densityGrid(gpu: Gpu, { logDensity, window }: PlanarTarget, size: number): Promise<DensityGrid> {
  const at = ([low, high]: readonly [number, number], i: number): number => low + ((high - low) * i) / (size - 1);
  const points = new Float32Array(2 * size * size);
  for (let i = 0; i < size * size; i++) points.set([at(window.x, i % size), at(window.y, Math.floor(i / size))], 2 * i);
  const tensor = deviceTensor(gpu, [size * size, 2], points);
  const program = await compile(gpu, { values: logDensity(new Tape().read(tensor)) });
  program.run();
  const values = await program.outputs.values.read();
  program.destroy();
  tensor.destroy();
  return { size, window, logDensity: values };
}

export interface FollowOptions {
  readonly chains: number;
  readonly transitions: number;
  readonly leapfrogSteps: number;
  readonly key: Key;
}

/** Some chains with their whole way: the same random numbers for the same key, whatever the step sizes and the inflation. */
export async function followChains(gpu: Gpu, { logDensity, start }: PlanarTarget, { stepSizes, inflation }: Tuned, { chains, transitions, leapfrogSteps, key }: FollowOptions): Promise<ChainPaths> {
  const recorder = await compilePaths(gpu, { logDensity, chains, dim: 2, transitions, leapfrogSteps });
  recorder.chain.logStepSizes.write(stepSizes.map(Math.log));
  recorder.chain.key.write(key);
  recorder.chain.position.write(normal(key, 2 * chains).map((noise, i) => start.mean[i % 2] + inflation[i % 2] * start.standardDeviation[i % 2] * noise));
  const paths = await recorder.run();
  recorder.destroy();
  return paths;
}
