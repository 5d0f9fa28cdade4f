import { submit } from "../../src/gpu/dispatch.ts";
import { keyFromSeed } from "../../src/math/key.ts";
import { LatentNetworks } from "../../src/model/latent/networks.ts";
import type { Benchmark } from "../benchmark.ts";
import { compare } from "../compare.ts";
import { ourContender } from "../ours.ts";
import { bostonShape, testRows } from "../workloads/boston.ts";
import { drawingChain } from "../workloads/draws.ts";

const transitions = 2;

export const generalVsFusedBenchmark: Benchmark = {
  name: "general-vs-fused",
  about: `drawing 51 x 1,000 chains, L 5, by one kernel and by leapfrog kernels between replays of the gradient; T ${transitions} instead of 10`,
  async run({ gpu, clock, quick, measure, say }) {
    const networks = new LatentNetworks(gpu, bostonShape("HHVAEM", { transitions }));
    networks.parameters.initialise(keyFromSeed(1));
    const chainsPerRow = quick ? 4 : 1000;
    say("general-vs-fused: compiling");
    const fused = await drawingChain(gpu, networks, testRows, chainsPerRow, "fused");
    const general = await drawingChain(gpu, networks, testRows, chainsPerRow, "general");
    const ends: Float32Array[] = [];
    for (const { work, hmc } of [fused, general]) {
      submit(gpu, work);
      ends.push(await hmc.position.read());
    }
    // a Metropolis test that is close goes either way
    const far = ends[0].reduce((count, value, i) => count + Number(!(Math.abs(value - ends[1][i]) <= 1e-3)), 0) / ends[0].length;
    if (!(far <= 1e-3)) throw new Error(`both ways must give the same chains, but ${(100 * far).toFixed(2)} % of the coordinates differ by more than 0.001.`);
    const measured = await measure([ourContender(gpu, clock, fused.work, "fused"), ourContender(gpu, clock, general.work, "general")], 5);
    for (const chain of [fused, general]) chain.destroy();
    return { notes: ["Both ways gave the same chains to 0.001 in 99.9 % of all coordinates."], rows: [compare({ chains: testRows * chainsPerRow }, measured)] };
  },
};
