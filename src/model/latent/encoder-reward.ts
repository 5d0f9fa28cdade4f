import { broadcastTo, compile, deviceTensor, maximum, mean, reshape, slice, sub, Tape, type DeviceTensor, type Tensor } from "../../autodiff/index.ts";
import { submit } from "../../gpu/dispatch.ts";
import type { Key } from "../../math/key.ts";
import type { JointDraws, KnownRows } from "../answers/conditional.ts";
import { perChain } from "./density.ts";
import { klBetween } from "./gaussian.ts";
import type { LatentNetworks } from "./networks.ts";

/**
 * The Gaussian reward of every unknown feature, nats [rows, D], 0 where known, over the first n joint draws (x_i, y):
 * E KL(q(eps | x_i, x_O) || q(eps | x_O)) - E KL(q(eps | y, x_i, x_O) || q(eps | y, x_O)). (Ma et al. 2019, 2020)
 */
export async function gaussianReward(networks: LatentNetworks, known: KnownRows, joint: JointDraws, options: { draws: number; key: Key }): Promise<Float64Array> {
  const { gpu, shape } = networks;
  const { rows } = known;
  const n = Math.min(options.draws, joint.draws);
  const [d, p] = [shape.features.length, shape.targets.length];
  const inputs = { x: deviceTensor(gpu, [rows, d], known.x), observed: deviceTensor(gpu, [rows, d], known.observed), candidate: deviceTensor(gpu, [d]), key: deviceTensor(gpu, [2], options.key, { dtype: "u32" }) };

  const tape = new Tape();
  const each = (tensor: DeviceTensor): Tensor => perChain(tape.read(tensor), n);
  const first = (tensor: DeviceTensor, width: number): Tensor => reshape(slice(reshape(tape.read(tensor), [rows, joint.draws, width]), 1, 0, n), [rows * n, width]);
  const observed = each(inputs.observed);
  const chosen = broadcastTo(reshape(tape.read(inputs.candidate), [1, d]), observed.shape);
  const seen = maximum(observed, chosen);
  // known cells keep their value in the draws, so that one coding serves both
  const z = networks.codes(first(joint.x, d), seen, tape.read(inputs.key));
  const y = first(joint.y, p);
  const [none, all] = [tape.fill(0, y.shape), tape.fill(1, y.shape)];
  const gain = klBetween(networks.encoder(z, seen, none, none), networks.encoder(z, observed, none, none));
  const already = klBetween(networks.encoder(z, seen, y, all), networks.encoder(z, observed, y, all));
  const program = await compile(gpu, { reward: mean(reshape(sub(gain, already), [rows, n]), 1) });

  const rewards = new Float64Array(rows * d);
  for (let i = 0; i < d; i++) {
    if (!known.observed.some((value, at) => at % d === i && value !== 1)) continue;
    inputs.candidate.write(Float32Array.from({ length: d }, (_, j) => Number(i === j)));
    submit(gpu, [program]);
    const reward = await program.outputs.reward.read();
    for (let r = 0; r < rows; r++) if (known.observed[r * d + i] !== 1) rewards[r * d + i] = reward[r];
  }
  program.destroy();
  for (const tensor of Object.values(inputs)) tensor.destroy();
  return rewards;
}
