import { broadcastTo, compile, deviceTensor, randomNormal, reshape, Tape, type Tensor } from "../../../autodiff/index.ts";
import { submit } from "../../../gpu/dispatch.ts";
import type { KnownRows } from "../../answers/conditional.ts";
import { perChain } from "../density.ts";
import { reparameterise } from "../gaussian.ts";
import type { LatentNetworks } from "../networks.ts";
import { askedTogether, type ToldModel } from "../../answers/told-answers.ts";

/** Draws of the encoder's Gaussian behind each answer. */
const draws = 8;

/** The encoder sees the value that is told, and the predictor too. questions: as many as are asked at once, at most. */
export async function toldLatent(networks: LatentNetworks, questions: number): Promise<ToldModel> {
  const { gpu, shape, latentSize: k } = networks;
  const [d, p] = [shape.features.length, shape.targets.length];
  const asked = Math.min(askedTogether, questions);
  const inputs = { x: deviceTensor(gpu, [asked, d]), observed: deviceTensor(gpu, [asked, d]), key: deviceTensor(gpu, [2], undefined, { dtype: "u32" }) };
  const tape = new Tape();
  const [x, observed] = [tape.read(inputs.x), tape.read(inputs.observed)];
  const hidden = tape.fill(0, [asked, p]);
  const q = networks.encoder(x, observed, hidden, hidden);
  const noise = reshape(broadcastTo(randomNormal(tape.read(inputs.key), [1, draws, k]), [asked, draws, k]), [asked * draws, k]);
  const each = (t: Tensor): Tensor => perChain(t, draws);
  const h1 = networks.generate(reparameterise({ mean: each(q.mean), logVar: each(q.logVar) }, noise))[0];
  const program = await compile(gpu, { thetaY: networks.predictor(h1, networks.complete(each(x), each(observed), networks.decoder(h1)), each(observed)) });
  let rows: KnownRows;
  return {
    asked, targets: shape.targets, variance: networks.targets.variance, draws,
    begin: (known, key) => {
      rows = known;
      inputs.key.write(key);
    },
    ask: ({ row, feature, value }) => {
      const own = { x: new Float32Array(asked * d), observed: new Float32Array(asked * d) };
      for (let i = 0; i < asked; i++) {
        for (const name of ["x", "observed"] as const) own[name].set(rows[name].subarray(row[i] * d, (row[i] + 1) * d), i * d);
        own.x[i * d + feature[i]] = value[i];
        own.observed[i * d + feature[i]] = 1;
      }
      inputs.x.write(own.x);
      inputs.observed.write(own.observed);
      submit(gpu, [program]);
      return program.outputs.thetaY;
    },
    destroy: () => {
      program.destroy();
      for (const tensor of Object.values(inputs)) tensor.destroy();
    },
  };
}
