import { concat, foldIn, randomNormal, reshape, slice, type DeviceTensor, type Tensor } from "../../../autodiff/index.ts";
import { estimatorOf } from "../../config/config.ts";
import { reparameterise } from "../gaussian.ts";
import { DrawInTurn, type KnownEntries } from "../../posterior/in-turn.ts";
import type { LatentNetworks } from "../networks.ts";
import type { PosteriorSizes } from "../../posterior/posterior.ts";

/** Whether entries are drawn one after another, as all presets but the authors' do. */
export function drawnInTurn({ shape }: LatentNetworks): boolean {
  return estimatorOf(shape.config) === "told";
}

/** Entries drawn one after another: the first ones at the posterior draws, the others each after the encoder has seen what was drawn before. */
export async function openInTurn(networks: LatentNetworks, inputs: KnownEntries, eps: DeviceTensor, { rows, draws }: PosteriorSizes): Promise<DrawInTurn> {
  const { gpu, shape } = networks;
  const [features, targets] = [shape.features.length, shape.targets.length];
  /** A draw of every entry at given latents. */
  const at = (position: Tensor, x: Tensor, observed: Tensor, key: Tensor): Tensor => {
    const h1 = networks.generate(position)[0];
    const output = networks.decoder(h1);
    const ofFeatures = networks.emission.sample(output, key);
    if (targets === 0) return ofFeatures;
    const [own, seen] = [slice(x, 1, 0, features), slice(observed, 1, 0, features)];
    const thetaY = networks.predictor(h1, networks.complete(own, seen, output), seen);
    return concat([ofFeatures, networks.targets.sample(thetaY, key)], 1);
  };
  return DrawInTurn.create(gpu, {
    rows, draws, features, targets, known: inputs,
    first: (x, observed, key) => at(reshape(x.tape.read(eps), [rows * draws, networks.latentSize]), x, observed, key),
    sample: (x, observed, key) => {
      const part = (t: Tensor, from: number, to: number): Tensor | undefined => (to > from ? slice(t, 1, from, to) : undefined);
      const q = networks.encoder(part(x, 0, features)!, part(observed, 0, features)!, part(x, features, features + targets), part(observed, features, features + targets));
      return at(reparameterise(q, randomNormal(foldIn(key, 1), q.mean.shape)), x, observed, key);
    },
  });
}
