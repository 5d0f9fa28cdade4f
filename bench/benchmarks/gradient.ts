import type { Benchmark, Context, Row } from "../benchmark.ts";
import { compare } from "../compare.ts";
import { Jax } from "../competitors/jax.ts";
import { Tfjs } from "../competitors/tfjs.ts";
import { torchContenders } from "../competitors/torch.ts";
import { contender, type Contender } from "../measure.ts";
import { expectNear } from "../numbers.ts";
import { deviceTime, ours } from "../ours.ts";
import { decoder, decoderDensity, decoderStart } from "../workloads/decoder.ts";
import { jaxConstants, jaxGradient, tfjsGradient } from "../workloads/decoder-contenders.ts";
import { ourDecoder } from "../workloads/our-decoder.ts";

const { latents } = decoder;

async function forChains(context: Context, chains: number): Promise<Row> {
  const { gpu, clock, competitors } = context;
  const { tfjs, jax } = competitors;
  const { position } = decoderStart(chains);
  const checked = [0, 1, chains >> 1, chains - 1];
  const expected = checked.map((chain) => decoderDensity(position.subarray(chain * latents, (chain + 1) * latents)));
  const check = (who: string, got: ArrayLike<number>): void => {
    const values = checked.flatMap((chain) => Array.from({ length: latents }, (_, k) => got[chain * latents + k]));
    expectNear(who, values, expected.flatMap(({ gradient }) => [...gradient]), { rtol: 1e-4, atol: 1e-3 });
  };

  const our = await ourDecoder(gpu, chains, 0);
  our.chain.run();
  check("ours", await our.chain.gradient.read());
  const logDensity = await our.chain.logDensity.read();
  expectNear("ours, log-density", checked.map((chain) => logDensity[chain]), expected.map((one) => one.logDensity), { rtol: 1e-5, atol: 1e-3 });
  const contenders: Contender[] = [contender(clock, ours, () => our.chain.run(), () => gpu.idle())];
  const ends: (() => void)[] = [() => our.destroy()];
  if (tfjs) {
    const gradient = tfjsGradient(tfjs, (data, shape) => tfjs.tensor(data, [...shape]));
    const eps = tfjs.tensor(position, [chains, latents]);
    const got = tfjs.tf.tidy(() => gradient(eps));
    check(Tfjs.label, await got.data());
    contenders.push(tfjs.contender(() => gradient(eps)));
    ends.push(() => [eps, got].forEach((tensor) => tensor.dispose()));
  }
  if (jax) {
    const gradient = jax.jax.jit(jaxGradient(jax));
    const constants = jaxConstants(jax);
    const eps = jax.array(position, [chains, latents]);
    const run = () => gradient(eps.ref, ...constants.map((array) => array.ref));
    check(Jax.label, await run().data());
    contenders.push(jax.contender(run));
    ends.push(() => [eps, ...constants].forEach((array) => array.dispose()));
  }
  contenders.push(...(await torchContenders(competitors, "gradient", [chains], async (who, result) => expectNear(who, await result(), expected[0].gradient, { rtol: 1e-4, atol: 1e-3 }))));
  const row = compare({ chains }, await context.measure(contenders));
  const onDevice = await deviceTime(gpu, [our.chain]);
  if (onDevice !== undefined) row["ours, device ms"] = onDevice;
  for (const end of ends) end();
  return row;
}

export const gradientBenchmark: Benchmark = {
  name: "gradient",
  about: "log-density of a decoder (15-256-26) and its gradient, for many chains",
  async run(context) {
    const rows: Row[] = [];
    for (const chains of context.quick ? [100] : [100, 3000, 51_000]) {
      context.say(`gradient, ${chains} chains`);
      rows.push(await forChains(context, chains));
    }
    return { notes: ["The gradients of four chains were compared with float64."], rows };
  },
};
