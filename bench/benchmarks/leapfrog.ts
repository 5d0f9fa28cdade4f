import type { Benchmark, Context, Row } from "../benchmark.ts";
import { compare } from "../compare.ts";
import { Jax } from "../competitors/jax.ts";
import { Tfjs, type Library } from "../competitors/tfjs.ts";
import { torchContenders } from "../competitors/torch.ts";
import { contender, type Contender } from "../measure.ts";
import { expectNear } from "../numbers.ts";
import { deviceTime, ours } from "../ours.ts";
import { decoder, decoderLeapfrog, decoderStart } from "../workloads/decoder.ts";
import { jaxConstants, jaxGradient, tfjsGradient } from "../workloads/decoder-contenders.ts";
import { checkOurDecoder, ourDecoder } from "../workloads/our-decoder.ts";

const { latents, stepSize, leapfrogSteps } = decoder;

async function forChains(context: Context, chains: number): Promise<Row> {
  const { gpu, clock, competitors } = context;
  const { tfjs, jax } = competitors;
  const { position, momentum } = decoderStart(chains);
  const of = (array: Float32Array, chain: number): Float32Array => array.subarray(chain * latents, (chain + 1) * latents);
  const checked = [0, 1, chains >> 1, chains - 1];
  const expected = checked.flatMap((chain) => [...decoderLeapfrog(of(position, chain), of(momentum, chain)).position]);
  const check = (who: string, got: Float32Array): void => {
    expectNear(who, checked.flatMap((chain) => [...of(got, chain)]), expected, { rtol: 1e-3, atol: 1e-3 });
  };

  const our = await ourDecoder(gpu, chains, 1);
  await checkOurDecoder(our.chain, position, checked);
  const contenders: Contender[] = [contender(clock, ours, () => our.chain.run(), () => gpu.idle())];
  const ends: (() => void)[] = [() => our.destroy()];
  if (tfjs) {
    const { tf } = tfjs;
    const gradient = tfjsGradient(tfjs, (data, shape) => tfjs.tensor(data, [...shape]));
    const [q0, p0] = [tfjs.tensor(position, [chains, latents]), tfjs.tensor(momentum, [chains, latents])];
    const g0 = tf.tidy(() => gradient(q0));
    const run = (): Library => {
      let [q, p, g] = [q0, p0, g0];
      for (let step = 0; step < leapfrogSteps; step++) {
        p = tf.add(p, tf.mul(g, 0.5 * stepSize));
        q = tf.add(q, tf.mul(p, stepSize));
        g = gradient(q);
        p = tf.add(p, tf.mul(g, 0.5 * stepSize));
      }
      return q;
    };
    const got = tf.tidy(run);
    check(Tfjs.label, await got.data());
    contenders.push(tfjs.contender(run));
    ends.push(() => [q0, p0, g0, got].forEach((tensor) => tensor.dispose()));
  }
  if (jax) {
    const gradient = jaxGradient(jax);
    const constants = jaxConstants(jax);
    const [q0, p0] = [jax.array(position, [chains, latents]), jax.array(momentum, [chains, latents])];
    const g0 = jax.jax.jit(gradient)(q0.ref, ...constants.map((array) => array.ref));
    const steps = jax.jax.jit((q: Library, p: Library, g: Library, ...held: Library[]) => {
      for (let step = 0; step < leapfrogSteps; step++) {
        const half = p.add(g.mul(0.5 * stepSize));
        q = q.add(half.ref.mul(stepSize));
        g = gradient(q.ref, ...held.map((array) => array.ref));
        p = half.add(g.ref.mul(0.5 * stepSize));
      }
      for (const array of held) array.dispose();
      return [q, p, g];
    });
    const run = () => steps(q0.ref, p0.ref, g0.ref, ...constants.map((array) => array.ref));
    const [q, ...others] = run();
    check(Jax.label, await q.data());
    for (const array of others) array.dispose();
    contenders.push(jax.contender(run));
    ends.push(() => [q0, p0, g0, ...constants].forEach((array) => array.dispose()));
  }
  contenders.push(...(await torchContenders(competitors, "leapfrog", [chains], async (who, result) => expectNear(who, await result(), expected.slice(0, latents), { rtol: 1e-3, atol: 1e-3 }))));
  const row = compare({ chains }, await context.measure(contenders, chains > 10_000 ? 5 : undefined));
  const onDevice = await deviceTime(gpu, [our.chain]);
  if (onDevice !== undefined) row["ours, device ms"] = onDevice;
  for (const end of ends) end();
  return row;
}

export const leapfrogBenchmark: Benchmark = {
  name: "leapfrog",
  about: "five leapfrog steps on that density; ours also draws momenta, starts from no gradient and decides by Metropolis",
  async run(context) {
    const rows: Row[] = [];
    for (const chains of context.quick ? [100] : [3000, 51_000]) {
      context.say(`leapfrog, ${chains} chains`);
      rows.push(await forChains(context, chains));
    }
    return { notes: ["Four chains were compared with float64: their end where momenta are given, density and gradient at the end in ours."], rows };
  },
};
