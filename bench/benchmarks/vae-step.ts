import { add, compile, deviceTensor, div, exp, gradients, mul, slice, square, sub, sum, Tape, type Tensor } from "../../src/autodiff/index.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { submit, type Encodable } from "../../src/gpu/dispatch.ts";
import { Adam } from "../../src/nn/adam.ts";
import { mlp, mlpSpecs } from "../../src/nn/mlp.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { StepCounter } from "../../src/nn/step-counter.ts";
import type { Benchmark } from "../benchmark.ts";
import { compare } from "../compare.ts";
import { Jax } from "../competitors/jax.ts";
import { Tfjs } from "../competitors/tfjs.ts";
import { torchContenders } from "../competitors/torch.ts";
import type { Contender } from "../measure.ts";
import { expectNear } from "../numbers.ts";
import { deviceTime, ourContender } from "../ours.ts";
import { vae, vaeBatch, vaeLosses, vaeShapes, vaeWeights } from "../workloads/vae.ts";

const { rows, inputs, hidden, latents, outputs, variance, learningRate, beta1, beta2, epsilon } = vae;
const checkedSteps = 3;

interface OurStep {
  work: Encodable[];
  dispatches: number;
  loss(): Promise<number>;
  /** All weights, one after the other. */
  weights(): Promise<Float32Array>;
  destroy(): void;
}

/** Our step; `passes` as an option of `compile`. */
export async function ourStep(gpu: Gpu, passes?: boolean): Promise<OurStep> {
  const parameters = new Parameters(gpu, [...mlpSpecs("encoder", [inputs, hidden, 2 * latents]), ...mlpSpecs("decoder", [latents, hidden, outputs])]);
  const names = parameters.specs.map((spec) => spec.name);
  vaeWeights().forEach((weight, i) => parameters.value(names[i]).write(weight));
  const tape = new Tape();
  const batch = vaeBatch();
  const leaf = (data: Float32Array, width: number): Tensor => tape.read(deviceTensor(gpu, [rows, width], data));
  const head = mlp(tape, parameters, "encoder", leaf(batch.u, inputs));
  const [mean, logVar] = [slice(head, 1, 0, latents), slice(head, 1, latents, 2 * latents)];
  const z = add(mean, mul(exp(mul(0.5, logVar)), leaf(batch.noise, latents)));
  const error = mul(leaf(batch.observed, outputs), sub(leaf(batch.x, outputs), mlp(tape, parameters, "decoder", z)));
  const kl = mul(-0.5, sum(sub(add(1, logVar), add(square(mean), exp(logVar)))));
  const loss = div(add(mul(0.5 / variance, sum(square(error))), kl), rows);
  const grads = gradients(loss, names.map((name) => tape.read(parameters.value(name))));
  const recorded: Record<string, Tensor> = { loss, ...Object.fromEntries(names.map((name, i) => [name, grads[i]])) };
  const program = await compile(gpu, recorded, { into: Object.fromEntries(names.map((name) => [name, parameters.gradient(name)])), passes });
  const counter = await StepCounter.create(gpu);
  const adam = await Adam.create(gpu, parameters, parameters.range("encoder/", "decoder/"), counter.tensor, { learningRate });
  return { work: [program, adam, counter], dispatches: program.dispatchCount + 2, loss: async () => (await program.outputs.loss.read())[0], weights: () => parameters.values.read() as Promise<Float32Array>, destroy: () => program.destroy() };
}

/** The step in TensorFlow.js; it returns the loss as a tensor. */
function tfjsStep({ tf, tensor }: { tf: Tfjs["tf"]; tensor: (data: Float32Array, shape: number[]) => Tfjs["tf"] }): () => Tfjs["tf"] {
  const weights = vaeWeights().map((weight, i) => tf.variable(tensor(weight, [...vaeShapes[i]])));
  const [w1, b1, w2, b2, w3, b3, w4, b4] = weights;
  const batch = vaeBatch();
  const [u, x, observed, noise] = [tensor(batch.u, [rows, inputs]), tensor(batch.x, [rows, outputs]), tensor(batch.observed, [rows, outputs]), tensor(batch.noise, [rows, latents])];
  const adam = tf.train.adam(learningRate, beta1, beta2, epsilon);
  const loss = () => {
    const head = tf.add(tf.matMul(tf.relu(tf.add(tf.matMul(u, w1), b1)), w2), b2);
    const [mean, logVar] = tf.split(head, 2, 1);
    const z = tf.add(mean, tf.mul(tf.exp(tf.mul(logVar, 0.5)), noise));
    const m = tf.add(tf.matMul(tf.relu(tf.add(tf.matMul(z, w3), b3)), w4), b4);
    const kl = tf.mul(tf.sum(tf.sub(tf.add(logVar, 1), tf.add(tf.square(mean), tf.exp(logVar)))), -0.5);
    const error = tf.sum(tf.mul(observed, tf.squaredDifference(x, m)));
    return tf.div(tf.add(tf.mul(error, 0.5 / variance), kl), rows);
  };
  return () => adam.minimize(loss, true, weights);
}

/** The step in jax-js, jitted as a whole; it keeps its state and returns the loss. */
function jaxStep({ jax, array }: { jax: Jax["jax"]; array: (data: Float32Array, shape: number[]) => Jax["jax"] }): () => Jax["jax"] {
  const { numpy: np, nn, jit, valueAndGrad } = jax;
  const batch = vaeBatch();
  const [u, x, observed, noise] = [array(batch.u, [rows, inputs]), array(batch.x, [rows, outputs]), array(batch.observed, [rows, outputs]), array(batch.noise, [rows, latents])];
  const halves = (head: Jax["jax"]) => [head.ref.slice([], [0, latents]), head.slice([], [latents, 2 * latents])];
  // every use of an array but its last takes a reference
  const loss = ([w1, b1, w2, b2, w3, b3, w4, b4]: Jax["jax"][], u: Jax["jax"], x: Jax["jax"], observed: Jax["jax"], noise: Jax["jax"]) => {
    const head = np.matmul(nn.relu(np.matmul(u, w1).add(b1)), w2).add(b2);
    const [mean, logVar] = halves(head);
    const z = mean.ref.add(np.exp(logVar.ref.mul(0.5)).mul(noise));
    const m = np.matmul(nn.relu(np.matmul(z, w3).add(b3)), w4).add(b4);
    const error = x.sub(m);
    const kl = logVar.ref.add(1).sub(mean.ref.mul(mean)).sub(np.exp(logVar)).sum().mul(-0.5);
    return observed.mul(error.ref.mul(error)).sum().mul(0.5 / variance).add(kl).div(rows);
  };
  const step = jit((weights: Jax["jax"][], m: Jax["jax"][], v: Jax["jax"][], corrections: Jax["jax"], u: Jax["jax"], x: Jax["jax"], observed: Jax["jax"], noise: Jax["jax"]) => {
    const [value, grads] = valueAndGrad(loss)(weights.map((w) => w.ref), u, x, observed, noise);
    const first = corrections.ref.slice(0);
    const second = corrections.slice(1);
    const next = weights.map((w, i) => {
      const m1 = m[i].mul(beta1).add(grads[i].ref.mul(1 - beta1));
      const v1 = v[i].mul(beta2).add(grads[i].ref.mul(grads[i]).mul(1 - beta2));
      const w1 = w.sub(m1.ref.mul(first.ref).mul(learningRate).div(np.sqrt(v1.ref.mul(second.ref)).add(epsilon)));
      return [w1, m1, v1];
    });
    first.dispose();
    second.dispose();
    return [value, next.map((n) => n[0]), next.map((n) => n[1]), next.map((n) => n[2])];
  });
  const zeros = () => vaeShapes.map((shape) => np.zeros([...shape]));
  let state = [vaeWeights().map((weight, i) => array(weight, [...vaeShapes[i]])), zeros(), zeros()];
  let t = 0;
  return () => {
    t++;
    const corrections = np.array(Float32Array.of(1 / (1 - beta1 ** t), 1 / (1 - beta2 ** t)));
    const [value, ...next] = step(...state, corrections, u.ref, x.ref, observed.ref, noise.ref);
    state = next;
    return value;
  };
}

export const vaeStepBenchmark: Benchmark = {
  name: "vae-step",
  about: "a training step of a small VAE (28-256-20, 10-256-13, batch 100, Adam)",
  async run(context) {
    const { gpu, clock, competitors } = context;
    const { tfjs, jax } = competitors;
    const expected = vaeLosses(checkedSteps);
    const check = async (who: string, loss: () => Promise<number>): Promise<void> => {
      const losses = [];
      for (let i = 0; i < checkedSteps; i++) losses.push(await loss());
      expectNear(`${who}, losses of the first steps`, losses, expected, { rtol: 2e-4, atol: 0 });
    };
    const step = await ourStep(gpu);
    await check("ours", async () => {
      submit(gpu, step.work);
      return step.loss();
    });
    const contenders: Contender[] = [ourContender(gpu, clock, step.work)];
    if (tfjs) {
      const run = tfjsStep({ tf: tfjs.tf, tensor: (data, shape) => tfjs.tensor(data, shape) });
      await check(Tfjs.label, async () => (await run().data())[0]);
      contenders.push(tfjs.contender(run));
    }
    if (jax) {
      const run = jaxStep({ jax: jax.jax, array: (data, shape) => jax.array(data, shape) });
      await check(Jax.label, async () => (await run().data())[0]);
      contenders.push(jax.contender(run));
    }
    contenders.push(...(await torchContenders(competitors, "vae-step", [], (who, result) => check(who, async () => (await result())[0]))));
    const row = compare({ step: "28-256-20, 10-256-13" }, await context.measure(contenders));
    const begin = performance.now();
    for (let i = 0; i < 100; i++) submit(gpu, step.work);
    row["ours, host ms"] = (performance.now() - begin) / 100;
    await gpu.idle();
    row["ours, dispatches"] = step.dispatches;
    const onDevice = await deviceTime(gpu, step.work);
    if (onDevice !== undefined) row["ours, device ms"] = onDevice;
    return { notes: [`The losses of the first ${checkedSteps} steps were compared with float64.`], rows: [row] };
  },
};
