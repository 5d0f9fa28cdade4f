import { describe, expect, it } from "vitest";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import { compileHmc } from "../../src/sampler/hmc-chain.ts";
import { testDevice } from "../device.ts";
import { expectClose } from "../expect-close.ts";
import { quartic } from "./densities.ts";

const [chains, dim] = [96, 5];
const positions = Float32Array.from(normal(keyFromSeed(21), chains * dim, 0));
const momenta = Float32Array.from(normal(keyFromSeed(21), chains * dim, 1));

/** Ends and energy changes of trajectories of the quartic density with given momenta. */
async function trajectory(leapfrogSteps: number, stepSize: number, from: Record<"position" | "momentum", Float32Array> = { position: positions, momentum: momenta }) {
  const chain = await compileHmc(await testDevice(), { logDensity: quartic, chains, dim, transitions: 1, leapfrogSteps, givenMomentum: true });
  chain.logStepSizes.write(new Array<number>(dim).fill(Math.log(stepSize)));
  chain.position.write(from.position);
  chain.initialMomentum.write(from.momentum);
  chain.run();
  const { proposal } = chain;
  const [position, momentum, energyChange] = await Promise.all([proposal.position.read(), proposal.momentum.read(), chain.energyChange.read()]);
  chain.destroy();
  return { position, momentum, energyChange };
}

describe("leapfrog", () => {
  it("is reversible: with the momentum turned round it returns to its start", async () => {
    const there = await trajectory(20, 0.15);
    expect(Math.max(...there.position.map((x, i) => Math.abs(x - positions[i])))).toBeGreaterThan(1);
    const back = await trajectory(20, 0.15, { position: there.position, momentum: there.momentum.map((r) => -r) });
    // 40 steps, each rounding values of size up to 4 to 2^-23 of them (5e-7); errors grow with the length of the trajectory
    expectClose(back.position, positions, { atol: 2e-5 });
    expectClose(back.momentum, momenta.map((r) => -r), { atol: 2e-5 });
  });

  it("makes an energy error that falls fourfold when the step halves", async () => {
    const rms = async (steps: number, stepSize: number): Promise<number> => {
      const { energyChange } = await trajectory(steps, stepSize);
      return Math.sqrt(energyChange.reduce((total, change) => total + change ** 2, 0) / chains);
    };
    // the same time of 1.2; errors from 6e-2 down to 1e-3, float32 rounding of the energies is about 1e-6
    const errors = [await rms(8, 0.15), await rms(16, 0.075), await rms(32, 0.0375)];
    expect(errors[2]).toBeGreaterThan(1e-4);
    expectClose([errors[0] / errors[1], errors[1] / errors[2]], [4, 4], { rtol: 0.1 });
  });
});
