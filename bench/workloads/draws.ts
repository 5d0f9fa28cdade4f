import { deviceTensor } from "../../src/autodiff/index.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { keyFromSeed, normal } from "../../src/math/key.ts";
import { conditionalChain, type ConditionalChain } from "../../src/model/latent/posterior/conditional-chain.ts";
import type { LatentNetworks } from "../../src/model/latent/networks.ts";
import { pseudo } from "../numbers.ts";

/** Chains of the model on log p(eps | x_O), y hidden, half of the features observed. Their key and start stay the same. */
export async function drawingChain(gpu: Gpu, networks: LatentNetworks, rows: number, chainsPerRow: number, path: "fused" | "general"): Promise<ConditionalChain> {
  const d = networks.shape.features.length;
  const x = normal(keyFromSeed(3), rows * d);
  const data = {
    x: deviceTensor(gpu, [rows, d], x),
    observed: deviceTensor(gpu, [rows, d], pseudo(rows * d, 4).map((value) => Number(value > 0))),
    z: deviceTensor(gpu, [rows, d], x),
  };
  const chains = rows * chainsPerRow;
  const start = deviceTensor(gpu, [chains, networks.latentSize], pseudo(chains * networks.latentSize, 5, 1.5));
  const key = deviceTensor(gpu, [2], [5, 6], { dtype: "u32" });
  return conditionalChain(networks, data, { rows, chainsPerRow, key, start, path });
}
