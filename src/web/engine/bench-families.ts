import { startTraining } from "../../../bench/workloads/boston.ts";
import { decoder, decoderStart } from "../../../bench/workloads/decoder.ts";
import { checkOurDecoder, ourDecoder } from "../../../bench/workloads/our-decoder.ts";
import { product, type Shape } from "../../../bench/workloads/product.ts";
import { registersOnly } from "../../../bench/workloads/registers.ts";
import type { Gpu } from "../../gpu/device.ts";
import { submit, type Encodable } from "../../gpu/dispatch.ts";
import { elboStage } from "../../model/training/stages/elbo-stage.ts";
import { hmcStage } from "../../model/training/stages/hmc-stage.ts";
import { multiplyAdds } from "../../sampler/fused/variant.ts";

/** A family of measurements whose members grow until they keep the device busy. */
export type FamilyName = "registers" | "matmul" | "leapfrog" | "elbo-step" | "hmc-step";

/** Work on the device, ready to be timed. */
export interface Work {
  /** Submits it; it may contain `repeats` runs. */
  run(): void;
  repeats: number;
  /** What `run` submits, where it is always the same. */
  encodables?: readonly Encodable[];
  operations?: number;
  leapfrogSteps?: number;
  /** Throws if the result is wrong. */
  check(): Promise<void>;
  destroy(): void;
}

/** Measurements of one kind, from small to large. */
export interface Family {
  name: FamilyName;
  members: readonly { size: string; /** Grows like the time. */ cost: number; make(gpu: Gpu): Promise<Work> }[];
}

const times = (numbers: readonly number[]): string => numbers.map((value) => value.toLocaleString("en")).join(" x ");

function repeated(gpu: Gpu, encodables: readonly Encodable[]): Pick<Work, "run" | "repeats" | "encodables"> {
  return { run: () => submit(gpu, encodables), repeats: 1, encodables };
}

/** Multiply-adds without memory: the ceiling of everything below. */
export const roofFamily: Family = {
  name: "registers",
  members: [1, 10, 100, 1000].map((scale) => ({
    size: scale === 1 ? "" : `x ${scale}`,
    cost: scale,
    make: async (gpu) => {
      const { dispatch, operations, destroy } = await registersOnly(gpu, 16, scale);
      // arithmetic whose result nothing depends on: there is nothing to compare
      return { ...repeated(gpu, [dispatch]), operations, check: async () => {}, destroy };
    },
  })),
};

const shapes: readonly Shape[] = [[256, 256, 256], [3000, 256, 26], [512, 512, 512], [51_000, 256, 26], [1024, 1024, 1024], [2048, 2048, 2048], [4096, 4096, 4096]];

export const productFamily: Family = {
  name: "matmul",
  members: shapes.map((shape) => ({
    size: times(shape),
    cost: shape.reduce((all, length) => all * length, 1),
    make: async (gpu) => {
      const { program, operations, checkOurs, destroy } = await product(gpu, shape);
      return { ...repeated(gpu, [program]), operations, check: checkOurs, destroy };
    },
  })),
};

export const chainFamily: Family = {
  name: "leapfrog",
  members: [1000, 3000, 10_000, 51_000, 510_000].map((chains) => ({
    size: `${times([chains])} chains`,
    cost: chains,
    make: async (gpu) => {
      const { chain, spec, destroy } = await ourDecoder(gpu, chains, 1);
      const leapfrogSteps = decoder.leapfrogSteps * chains;
      const operations = 2 * multiplyAdds(spec) * (decoder.leapfrogSteps + 1) * chains;
      const check = (): Promise<void> => checkOurDecoder(chain, decoderStart(chains).position, [0, 1, chains >> 1, chains - 1]);
      return { ...repeated(gpu, [chain]), leapfrogSteps, operations, check, destroy };
    },
  })),
};

const stepsAtOnce = 5;

/** A step of training at the size of Boston: 455 rows, 13 features, batch 100, latents 10 and 5. */
function stepFamily(name: FamilyName, size: string, open: typeof elboStage | typeof hmcStage, good: (metrics: Record<string, number>) => boolean): Family {
  const make = async (gpu: Gpu): Promise<Work> => {
    const { networks, data, key, counter, schedule } = await startTraining(gpu);
    const stage = await open(networks, data, key, counter, 0, schedule);
    const run = (): void => {
      for (let step = 0; step < stepsAtOnce; step++) submit(gpu, stage.work(step));
    };
    const check = async (): Promise<void> => {
      run();
      const metrics = await stage.metrics();
      if (!good(metrics)) throw new Error(`${name}: the training gives ${JSON.stringify(metrics)}; its time would mean nothing.`);
    };
    return { run, repeats: stepsAtOnce, check, destroy: () => stage.destroy() };
  };
  return { name, members: [{ size, cost: 1, make }] };
}

export const stageFamily: readonly Family[] = [
  stepFamily("elbo-step", "batch 100", elboStage, ({ elbo }) => Number.isFinite(elbo)),
  stepFamily("hmc-step", "batch 100, 10 transitions of 5 leapfrog steps", hmcStage, ({ acceptance, divergences }) => acceptance > 0.5 && acceptance <= 1 && divergences === 0),
];
