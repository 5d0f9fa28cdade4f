import { makeCopy } from "../autodiff/copy.ts";
import { add, broadcastTo, compile, deviceTensor, exp, foldIn, gradients, mean, mul, randomNormal, reshape, sum, Tape, type DeviceTensor } from "../autodiff/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { submit, type Encodable } from "../gpu/dispatch.ts";
import { foldIn as foldKey, type Key } from "../math/key.ts";
import { Adam } from "../nn/adam.ts";
import { Parameters } from "../nn/parameters.ts";
import { StepCounter } from "../nn/step-counter.ts";
import { compileHmc, compileSksd, recordEntropy, type HmcChain, type LogDensity } from "../sampler/index.ts";

export interface SamplerTuningOptions {
  readonly logDensity: LogDensity;
  /** The Gaussian that chains start from, before its deviations are inflated. */
  readonly start: { readonly mean: readonly number[]; readonly standardDeviation: readonly number[] };
  /** Chains behind each step's gradients, 5 to 1024. */
  readonly chains?: number;
  readonly transitions?: number;
  readonly leapfrogSteps?: number;
  /** Initial step sizes are uniform in this range. */
  readonly stepSize?: readonly [number, number];
  readonly learningRate?: number;
  /** Whether H[q^(T)] is part of the objective, as in the paper; the authors' code drops it. */
  readonly entropy?: boolean;
  /** Steps between updates of the inflation. */
  readonly inflationEvery?: number;
  readonly inflationLearningRate?: number;
  readonly key: Key;
}

/** What is tuned: step sizes [T, K] and the factors on the start's deviations [K]. */
export interface Tuned {
  readonly stepSizes: Float32Array;
  readonly inflation: Float32Array;
}

/** The chains as they are after some steps. */
export interface TuningReport extends Tuned {
  readonly step: number;
  /** Mean over chains of log p(x^T), and the entropy H[q^(T)]. Of a normalised density their sum is -KL(q^(T) || p), at most 0 but for the estimate's noise. */
  readonly logDensity: number;
  readonly entropy: number;
  readonly sksd: number;
  readonly acceptance: number;
  /** Where the chains ended [N, K]. */
  readonly draws: Float32Array;
}

/** Tags of keys derived from the key of a tuning. */
const keys = { start: 1, chain: 2, initial: 3 } as const;

/**
 * Tunes HMC as the model's third stage does, for any density and a Gaussian start: step sizes by the gradient of
 * E log p(x^T) [+ H[q^(T)]], the start's inflation by that of the SKSD, gradients inside the leapfrog constant. (Peis et al.
 * 2022, section 3.5)
 */
export class SamplerTuning {
  private steps = 0;

  private constructor(
    private readonly gpu: Gpu,
    private readonly inflationEvery: number,
    private readonly parameters: Parameters,
    private readonly chain: HmcChain,
    private readonly measured: Readonly<Record<"logDensity" | "entropy" | "sksd", DeviceTensor>>,
    private readonly work: Readonly<Record<"chains" | "usual" | "inflating", readonly Encodable[]>>,
    private readonly release: () => void,
  ) {}

  static async create(gpu: Gpu, options: SamplerTuningOptions): Promise<SamplerTuning> {
    const { logDensity, start, chains = 128, transitions = 10, leapfrogSteps = 5, stepSize = [0.02, 0.05], entropy = false, inflationEvery = 5, key: ofTuning } = options;
    if (!(stepSize[0] > 0 && stepSize[1] >= stepSize[0])) throw new RangeError(`[tuning] expected step sizes above 0, the smaller first, got ${stepSize.join(" and ")}.`);
    const dim = start.mean.length;
    const parameters = new Parameters(gpu, [
      { name: "log_step_size", shape: [transitions, dim], low: Math.log(stepSize[0]), high: Math.log(stepSize[1]) },
      { name: "log_inflation", shape: [dim], low: 0, high: 0 },
    ]);
    parameters.initialise(foldKey(ofTuning, keys.initial));
    const counter = await StepCounter.create(gpu);

    // x^(0) = mean + s sigma noise
    const tape = new Tape();
    const key = foldIn(tape.read(deviceTensor(gpu, [2], ofTuning, { dtype: "u32", label: "tuning key" })), tape.read(counter.tensor));
    const eachChain = (source: DeviceTensor) => broadcastTo(reshape(tape.read(source), [1, dim]), [chains, dim]);
    const sigma = mul(eachChain(deviceTensor(gpu, [dim], start.standardDeviation)), exp(eachChain(parameters.value("log_inflation"))));
    const spread = mul(sigma, randomNormal(foldIn(key, keys.start), [chains, dim]));
    const prepare = await compile(gpu, { spread, start: add(eachChain(deviceTensor(gpu, [dim], start.mean)), spread), chainKey: foldIn(key, keys.chain) });

    const logStepSizes = parameters.value("log_step_size");
    const chain = await compileHmc(gpu, { logDensity, chains, dim, transitions, leapfrogSteps, key: prepare.outputs.chainKey, logStepSizes, derivatives: true });
    const place = await makeCopy(gpu, prepare.outputs.start, chain.position);

    // F = mean over chains of log p(x^T) [+ H[q^(T)]];  d F / d log phi[t, i] = sum over chains of d F / d x^T_i  d x^T_i / d log phi[t, i]
    const after = new Tape();
    const ends = after.read(chain.position);
    const ofEnds = sum(recordEntropy(reshape(ends, [1, chains, dim])));
    const scores = mul(1 / chains, after.read(chain.gradient));
    const cotangent = entropy ? add(scores, gradients(ofEnds, [ends])[0]) : scores;
    const derivatives = after.read(chain.derivatives!);
    const stepSizes = mul(-1, sum(mul(derivatives, broadcastTo(cotangent, derivatives.shape)), 1));
    const objective = await compile(gpu, { logDensity: mean(after.read(chain.logDensity)), entropy: ofEnds, stepSizes }, { into: { stepSizes: parameters.gradient("log_step_size") } });

    // d SKSD / d log s_i = sum over chains of d SKSD / d x^T_i  (x^(0) - mean)_i
    const sksd = await compileSksd(gpu, { rows: 1, samples: chains, dim, positions: chain.position, scores: chain.gradient });
    const back = new Tape();
    const ofInflation = sum(mul(reshape(back.read(sksd.gradient), [chains, dim]), back.read(prepare.outputs.spread)), 0);
    const discrepancy = await compile(gpu, { ofInflation }, { into: { ofInflation: parameters.gradient("log_inflation") } });

    const { learningRate = 2e-2, inflationLearningRate = 5e-2 } = options;
    const stepSizeUpdate = await Adam.create(gpu, parameters, parameters.range("log_step_size"), counter.tensor, { learningRate });
    const inflationUpdate = await Adam.create(gpu, parameters, parameters.range("log_inflation"), counter.tensor, { learningRate: inflationLearningRate, every: inflationEvery });
    const run = [prepare, place, chain, objective];
    const work = { chains: [...run, sksd], usual: [...run, stepSizeUpdate, counter], inflating: [...run, sksd, discrepancy, stepSizeUpdate, inflationUpdate, counter] };
    const { logDensity: measuredLogDensity, entropy: measuredEntropy } = objective.outputs;
    return new SamplerTuning(gpu, inflationEvery, parameters, chain, { logDensity: measuredLogDensity, entropy: measuredEntropy, sksd: sksd.value }, work, () => {
      for (const program of [prepare, objective, discrepancy]) program.destroy();
      chain.destroy();
    });
  }

  /** Tunes for so many steps. */
  async run(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++, this.steps++) submit(this.gpu, this.steps % this.inflationEvery === 0 ? this.work.inflating : this.work.usual);
    await this.gpu.idle();
  }

  /** Chains with what has been tuned so far; nothing is changed. */
  async look(): Promise<TuningReport> {
    submit(this.gpu, this.work.chains);
    const { logDensity, entropy, sksd } = this.measured;
    const { chains, transitions } = this.chain.options;
    const sources = [logDensity, entropy, sksd, this.chain.statistics, this.chain.position];
    const [[meanLogDensity], [entropyOfEnds], [discrepancy], statistics, draws] = await Promise.all(sources.map((tensor) => tensor.read()));
    const accepted = statistics.reduce((total, value, i) => total + (i % 2 === 0 ? value : 0), 0);
    return { step: this.steps, logDensity: meanLogDensity, entropy: entropyOfEnds, sksd: discrepancy, acceptance: accepted / (transitions * chains), draws, ...(await this.tuned()) };
  }

  async tuned(): Promise<Tuned> {
    const [logStepSizes, logInflation] = await Promise.all(["log_step_size", "log_inflation"].map((name) => this.parameters.value(name).read()));
    return { stepSizes: logStepSizes.map(Math.exp), inflation: logInflation.map(Math.exp) };
  }

  destroy(): void {
    this.release();
  }
}
