import { add, compile, concat, deviceTensor, exp, logSoftmax, mean, mul, reshape, sizeOf, slice, sub, Tape, where, type DeviceTensor, type Tensor } from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import type { MixedColumn } from "../../likelihood/mixed.ts";
import { compileHmc, compileSksd } from "../../sampler/index.ts";
import type { ModelConfig } from "../config/config.ts";
import { presets } from "../config/presets.ts";
import { klBetween, klToStandardNormal, type Gaussian } from "../latent/gaussian.ts";
import { logJoint, perChain, type Conditions } from "../latent/density.ts";
import { LatentNetworks } from "../latent/networks.ts";
import { Comparison, reference, type Piece, type ReferenceConfig, type ReferenceTensors } from "./comparison.ts";
import { metricsPieces } from "./reference-metrics.ts";
import { loadWeights } from "../files/weights.ts";

/** Runs the model's pieces on the inputs of a reference file and compares everything with its outputs; `others`: pieces that were computed elsewhere. */
export async function checkReference(gpu: Gpu, tensors: ReferenceTensors, config: ReferenceConfig, others: ReadonlyMap<string, ArrayLike<number>> = new Map()): Promise<Piece[]> {
  const networks = referenceNetworks(gpu, tensors, config);
  const check = new Comparison(tensors);
  const inputs = await codedInputs(gpu, tensors, config, check);
  await checkNetworks(networks, inputs, tensors, config, check);
  for (const withTarget of [false, true]) await checkCase(networks, inputs, tensors, withTarget, check);
  await checkSksd(gpu, tensors, check);
  metricsPieces(tensors, config, check);
  await checkReward(gpu, tensors, check);
  for (const [name, got] of others) check.add(name, got);
  return check.pieces;
}

function referenceNetworks(gpu: Gpu, tensors: ReferenceTensors, config: ReferenceConfig): LatentNetworks {
  const kinds = { real: "gaussian", positive: "gaussian", binary: "bernoulli", categorical: "categorical" } as const;
  const weight = reference(tensors, "norm/positive_weight").data;
  const features: MixedColumn[] = config.features.map(({ type, categories }, d) => ({ kind: kinds[type], levels: type === "categorical" ? categories : 1, positiveWeight: weight[d] }));
  const outputs = reference(tensors, "out/predictor").shape[2];
  const targetKind = config.target === "categorical" ? "categorical" : config.target === "bernoulli" ? "bernoulli" : "gaussian";
  const targetCount = reference(tensors, "in/y").shape[1];
  const targets: MixedColumn[] = Array.from({ length: targetCount }, () => ({ kind: targetKind, levels: targetKind === "categorical" ? outputs : 1, positiveWeight: 1 }));
  const model: ModelConfig = {
    ...presets.HHVAEM,
    latents: config.latent_dims,
    variance: config.variance,
    hidden: reference(tensors, "weights/decoder/0/bias").shape[0],
    marginalHidden: reference(tensors, "weights/marginal/0/encoder/0/bias").shape[0],
    hmc: { ...presets.HHVAEM.hmc, transitions: config.T, leapfrogSteps: config.L },
  };
  const networks = new LatentNetworks(gpu, { config: model, features, targets });
  const weights = new Map([...tensors].filter(([name]) => name.startsWith("weights/")).map(([name, tensor]) => [name.slice("weights/".length), tensor]));
  loadWeights(networks.shape, networks.parameters, weights);
  return networks;
}

interface Inputs {
  rows: number;
  /** Latents given per row. */
  draws: number;
  x: DeviceTensor;
  observed: DeviceTensor;
  y: DeviceTensor;
  eps: DeviceTensor;
  z: DeviceTensor;
}

/** Coded features and targets, checked, on the device. */
async function codedInputs(gpu: Gpu, tensors: ReferenceTensors, config: ReferenceConfig, check: Comparison): Promise<Inputs> {
  const { data: x, shape } = reference(tensors, "in/x");
  const [rows, d] = shape;
  const mean = reference(tensors, "norm/x_mean").data;
  const std = reference(tensors, "norm/x_std").data;
  const coded = x.map((value, i) => {
    const { type } = config.features[i % d];
    if (type === "binary" || type === "categorical") return value;
    return ((type === "positive" ? Math.log1p(value) : value) - mean[i % d]) / std[i % d];
  });
  check.add("out/x_coded", coded);
  const y = reference(tensors, "in/y").data;
  const yMean = reference(tensors, "norm/y_mean").data;
  const yStd = reference(tensors, "norm/y_std").data;
  const p = yMean.length;
  const codedY = y.map((value, i) => {
    if (config.target === "categorical" || config.target === "bernoulli") return value;
    return ((config.target === "loggaussian" ? Math.log1p(value) : value) - yMean[i % p]) / yStd[i % p];
  });
  check.add("out/y_coded", codedY);
  const upload = (name: string, data: Float32Array, size: readonly number[]): DeviceTensor => deviceTensor(gpu, size, data, { label: name });
  const eps = reference(tensors, "in/eps");
  const [, draws, k] = eps.shape;
  return {
    rows,
    draws,
    x: upload("x", coded, shape),
    observed: upload("observed", reference(tensors, "in/observed_x").data, shape),
    y: upload("y", codedY, reference(tensors, "in/y").shape),
    eps: upload("eps", eps.data, [rows * draws, k]),
    z: upload("z", reference(tensors, "out/z").data, shape),
  };
}

/** Marginal encoders, generative path, decoders, predictor and log-likelihoods. */
async function checkNetworks(networks: LatentNetworks, inputs: Inputs, tensors: ReferenceTensors, config: ReferenceConfig, check: Comparison): Promise<void> {
  const { gpu } = networks;
  const tape = new Tape();
  const x = tape.read(inputs.x);
  const marginal = networks.marginalEncoder(x, tape.read(inputs.observed));
  const noise = tape.read(deviceTensor(gpu, x.shape, reference(tensors, "in/z_noise").data));
  const z = add(marginal.mean, mul(exp(mul(0.5, marginal.logVar)), noise));
  const each = (t: Tensor): Tensor => perChain(t, inputs.draws);
  const h = networks.generate(tape.read(inputs.eps));
  const zMean = networks.decoder(h[0]);
  const theta = networks.marginalDecoder(zMean);
  const observed = each(tape.read(inputs.observed));
  const completed = networks.complete(each(x), observed, zMean);
  const thetaY = networks.predictor(h[0], completed, observed);
  const outputs: Record<string, Tensor> = {
    "out/marginal_mu": marginal.mean,
    "out/marginal_logvar": marginal.logVar,
    "out/z": z,
    "out/decoder": zMean,
    "out/x_hat": concat([completed, sub(1, observed)], 1),
    "out/predictor": config.target === "categorical" ? logSoftmax(thetaY) : thetaY,
    "out/feature_log_likelihood": networks.features.logProb(theta, each(x), { weighted: true }),
    "out/target_log_likelihood": networks.targets.logProb(thetaY, each(tape.read(inputs.y))),
    ...Object.fromEntries(h.map((layer, l) => [`out/h/${l}`, layer])),
  };
  config.features.forEach(({ type, categories }, d) => {
    const levels = slice(slice(theta, 1, d, d + 1), 2, 0, type === "categorical" ? categories : 1);
    outputs[`out/marginal_decoder/${d}`] = type === "categorical" ? logSoftmax(levels) : levels;
  });
  await runAndCheck(gpu, outputs, check);
}

/** Encoder, density, gradient and one trajectory, with y hidden or observed. */
async function checkCase(networks: LatentNetworks, inputs: Inputs, tensors: ReferenceTensors, withTarget: boolean, check: Comparison): Promise<void> {
  const { gpu, shape } = networks;
  const name = withTarget ? "x_and_y" : "x_only";
  const tape = new Tape();
  const [z, observed, y] = [inputs.z, inputs.observed, inputs.y].map((tensor) => tape.read(tensor));
  const observedY = tape.fill(withTarget ? 1 : 0, y.shape);
  const input = concat([where(observed, z, 0), observed, where(observedY, y, 0), observedY], 1);
  const q = networks.encode(input);
  const outputs: Record<string, Tensor> = { [`out/${name}/encoder_input`]: input };
  let start = 0;
  const kl = shape.config.latents.map((size, l) => {
    const layer: Gaussian = { mean: slice(q.mean, 1, start, start + size), logVar: slice(q.logVar, 1, start, start + size) };
    start += size;
    outputs[`out/${name}/q_mu/${l}`] = layer.mean;
    outputs[`out/${name}/q_logvar/${l}`] = layer.logVar;
    return reshape(klToStandardNormal(layer), [1, inputs.rows]);
  });
  outputs[`out/${name}/kl`] = concat(kl, 0);
  await runAndCheck(gpu, outputs, check);

  const momentum = reference(tensors, `in/${name}/momentum`).data;
  const firstSteps = deviceTensor(gpu, [1, networks.latentSize], reference(tensors, "weights/hmc/log_step_size").data.slice(0, networks.latentSize));
  const hmc = await compileHmc(gpu, {
    chains: inputs.rows * inputs.draws,
    dim: networks.latentSize,
    transitions: 1,
    leapfrogSteps: shape.config.hmc.leapfrogSteps,
    logStepSizes: firstSteps,
    givenMomentum: true,
    logDensity: (position) => {
      const each = (tensor: DeviceTensor): Tensor => perChain(position.tape.read(tensor), inputs.draws);
      const given: Conditions = { z: each(inputs.z), x: each(inputs.x), observed: each(inputs.observed) };
      if (withTarget) Object.assign(given, { y: each(inputs.y), observedY: position.tape.fill(1, [inputs.rows * inputs.draws, inputs.y.shape[1]]) });
      return logJoint(networks, position, given);
    },
  });
  const eps = await inputs.eps.read();
  hmc.position.write(eps);
  const evaluation = { encode: (pass: GPUComputePassEncoder) => hmc.encodeEvaluation(pass) };
  await submitAndWait(gpu, evaluation);
  check.add(`out/${name}/log_density`, await hmc.logDensity.read());
  check.add(`out/${name}/log_density_grad`, await hmc.gradient.read());
  hmc.initialMomentum.write(momentum);
  hmc.run();
  check.add(`out/${name}/leapfrog_eps`, await hmc.proposal.position.read());
  check.add(`out/${name}/leapfrog_momentum`, await hmc.proposal.momentum.read());
  check.add(`out/${name}/energy_change`, await hmc.energyChange.read());
  hmc.destroy();
}

async function submitAndWait(gpu: Gpu, work: { encode(pass: GPUComputePassEncoder): void }): Promise<void> {
  const encoder = gpu.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  work.encode(pass);
  pass.end();
  gpu.submit([encoder.finish()]);
  await gpu.idle();
}

async function checkSksd(gpu: Gpu, tensors: ReferenceTensors, check: Comparison): Promise<void> {
  const { shape, data } = reference(tensors, "in/sksd/samples");
  const [rows, samples, dim] = shape;
  const positions = deviceTensor(gpu, shape, data);
  const scores = deviceTensor(gpu, shape, reference(tensors, "in/sksd/scores").data);
  const sksd = await compileSksd(gpu, { rows, samples, dim, positions, scores });
  sksd.run();
  check.add("out/sksd/value", await sksd.rowValues.read());
  // the file has each row's own gradient; ours is of the mean over rows
  check.add("out/sksd/grad_samples", (await sksd.gradient.read()).map((value) => value * rows));
}

/** E KL(q(eps | x_i, x_O) || q(eps | x_O)) - E KL(q(eps | y, x_i, x_O) || q(eps | y, x_O)) of given Gaussians [features, ..., K]. */
async function checkReward(gpu: Gpu, tensors: ReferenceTensors, check: Comparison): Promise<void> {
  const tape = new Tape();
  const read = (name: string): Tensor => {
    const { shape, data } = reference(tensors, `in/reward/${name}`);
    return tape.read(deviceTensor(gpu, shape, data));
  };
  const q = (name: string): Gaussian => ({ mean: read(`${name}_mu`), logVar: read(`${name}_logvar`) });
  const gain = sub(klBetween(q("zio"), q("zo")), klBetween(q("zioy"), q("zoy")));
  await runAndCheck(gpu, { "out/reward/value": mean(reshape(gain, [gain.shape[0], sizeOf(gain.shape) / gain.shape[0]]), 1) }, check);
}

async function runAndCheck(gpu: Gpu, outputs: Record<string, Tensor>, check: Comparison): Promise<void> {
  const program = await compile(gpu, outputs);
  program.run();
  for (const name of Object.keys(outputs)) check.add(name, await program.outputs[name].read());
  program.destroy();
}

