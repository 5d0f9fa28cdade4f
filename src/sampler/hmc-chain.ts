import { compile, deviceTensor, gradients, ShapeError, showShape, sum, Tape, type DeviceTensor, type Program, type Tensor } from "../autodiff/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { gridFor, makeDispatch, submit, type Dispatch, type Encodable, type Storage } from "../gpu/dispatch.ts";
import { leapfrogKernel, metropolisKernel, statisticsKernel } from "./chain-kernels.ts";
import { ChainState, type ChainSizes } from "./chain-state.ts";
import { makeCopy } from "../autodiff/copy.ts";

/** Records the log density of N positions, [N, K] -> [N], up to a constant each chain may have of its own. */
export type LogDensity = (position: Tensor) => Tensor;

export interface HmcChainOptions extends ChainSizes {
  readonly logDensity: LogDensity;
  /** Log step sizes [T, K], one row per transition; made here (filled with log 0.1) unless given. */
  readonly logStepSizes?: DeviceTensor;
  /** u32 [2]; made here unless given. A replay with the same key and state gives the same chain. */
  readonly key?: DeviceTensor;
  /** Trajectories start with the momenta that `initialMomentum` holds instead of drawing them. */
  readonly givenMomentum?: boolean;
  /** Also compute d position / d log step size. */
  readonly derivatives?: boolean;
  /**
   * Work before transition t, which may change the density (noise that is held during a trajectory): the density is then
   * evaluated again at the current position.
   */
  readonly beforeTransition?: (t: number) => Encodable | undefined;
  /** Work after a leapfrog step, 1 to L, of transition t, when `proposal` holds the new position and its log density: to watch a path. */
  readonly afterStep?: (t: number, step: number) => Encodable | undefined;
  /** Work after transition t, such as keeping the draw. */
  readonly afterTransition?: (t: number) => Encodable | undefined;
}

/**
 * T transitions of Hamiltonian Monte Carlo for N chains at once, as one list of dispatches. Write (or compute) `position`
 * and `key`, replay, and find the new state in place.
 */
export class HmcChain implements Encodable {
  /** Position [N, K], its log density [N] and gradient [N, K]. */
  readonly position: DeviceTensor;
  readonly logDensity: DeviceTensor;
  readonly gradient: DeviceTensor;
  /** H(proposal) - H(start) [T, N], +infinity where a trajectory met a value that is not finite. */
  readonly energyChange: DeviceTensor;
  /** The Hamiltonian after the transition [T, N]. */
  readonly energy: DeviceTensor;
  /** Momentum [N, K] at the start of the last trajectory. */
  readonly initialMomentum: DeviceTensor;
  /** Where the last trajectory ended, accepted or not: position [N, K], momentum [N, K], log density [N] and gradient [N, K]. */
  readonly proposal: Readonly<Record<"position" | "momentum" | "logDensity" | "gradient", DeviceTensor>>;

  constructor(
    readonly gpu: Gpu,
    readonly options: HmcChainOptions,
    readonly key: DeviceTensor,
    readonly logStepSizes: DeviceTensor,
    /** Per transition the sum over chains of the acceptance probability, and the number of divergent chains [T, 2]. */
    readonly statistics: DeviceTensor,
    /** d position after transition t / d log step size [t, i], within the transition, gradients constant [T, N, K]. */
    readonly derivatives: DeviceTensor | undefined,
    private readonly arrays: ChainState,
    private readonly work: ChainWork,
  ) {
    const { chains, dim, transitions } = options;
    const { state, momenta, outputs, stride, outputStride } = arrays;
    this.position = state.view(0, [chains, dim], "position");
    this.gradient = state.view(stride, [chains, dim], "gradient");
    this.logDensity = state.view(2 * stride, [chains], "logDensity");
    this.energyChange = outputs.view(0, [transitions, chains], "energyChange");
    this.energy = outputs.view(outputStride, [transitions, chains], "energy");
    this.initialMomentum = momenta.view(0, [chains, dim], "initialMomentum");
    this.proposal = {
      position: arrays.proposedPosition,
      momentum: momenta.view(stride, [chains, dim], "proposed momentum"),
      logDensity: arrays.proposedLogDensity,
      gradient: arrays.proposedGradient,
    };
  }

  /** The log density and its gradient at `position`, all transitions, and their statistics. */
  encode(pass: GPUComputePassEncoder): void {
    this.encodeEvaluation(pass);
    for (let t = 0; t < this.options.transitions; t++) this.encodeTransition(pass, t);
    this.encodeStatistics(pass);
  }

  /** Runs `encode` once: one command buffer, one submit. */
  run(): void {
    submit(this.gpu, [this]);
  }

  /** Log density and gradient at `position`: needed once after the position or the density changed. */
  encodeEvaluation(pass: GPUComputePassEncoder): void {
    this.work.propose.encode(pass);
    this.work.density.encode(pass);
    for (const dispatch of this.work.adopt) dispatch.encode(pass);
  }

  /** One transition, with fewer or more leapfrog steps than usual if `steps` is given (then `derivatives` do not hold). */
  encodeTransition(pass: GPUComputePassEncoder, t: number, steps = this.options.leapfrogSteps): void {
    const { starts, steps: middle, ends, density } = this.work;
    const before = this.options.beforeTransition?.(t);
    if (before) {
      before.encode(pass);
      this.encodeEvaluation(pass);
    }
    for (let step = 1; step <= steps; step++) {
      (step === 1 ? starts : middle)[t].encode(pass);
      density.encode(pass);
      this.options.afterStep?.(t, step)?.encode(pass);
    }
    ends[t].encode(pass);
    this.options.afterTransition?.(t)?.encode(pass);
  }

  /** Fills `statistics` from `energyChange`, all transitions. */
  encodeStatistics(pass: GPUComputePassEncoder): void {
    this.work.statistics.encode(pass);
  }

  destroy(): void {
    this.work.density.destroy();
    this.arrays.destroy();
    this.statistics.destroy();
    this.derivatives?.destroy();
    if (!this.options.key) this.key.destroy();
    if (!this.options.logStepSizes) this.logStepSizes.destroy();
  }
}

interface ChainWork {
  propose: Dispatch;
  density: Program;
  adopt: Dispatch[];
  starts: Dispatch[];
  steps: Dispatch[];
  ends: Dispatch[];
  statistics: Dispatch;
}

/** Compiles a log density into chains. Throws ShapeError if it does not give one number per chain. */
export async function compileHmc(gpu: Gpu, options: HmcChainOptions): Promise<HmcChain> {
  const { chains, dim, transitions } = options;
  for (const [name, value] of Object.entries({ chains, dim, transitions, leapfrogSteps: options.leapfrogSteps })) {
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`[hmc] expected ${name} to be a whole number of at least 1, got ${value}.`);
  }
  const arrays = new ChainState(gpu, options);
  const key = options.key ?? deviceTensor(gpu, [2], [0, 0], { dtype: "u32", label: "chain key" });
  const logStepSizes = options.logStepSizes ?? deviceTensor(gpu, [transitions, dim], new Float32Array(transitions * dim).fill(Math.log(0.1)), { label: "log step sizes" });
  if (logStepSizes.size !== transitions * dim) {
    throw new ShapeError(`[hmc] expected log step sizes ${showShape([transitions, dim])} (transitions, unknowns), got ${showShape(logStepSizes.shape)}.`);
  }
  const statistics = deviceTensor(gpu, [transitions, 2], undefined, { label: "transition statistics" });
  const derivatives = options.derivatives ? deviceTensor(gpu, [transitions, chains, dim], undefined, { label: "step-size derivatives" }) : undefined;

  const density = await compileDensity(gpu, options.logDensity, arrays);
  const { params } = arrays;
  const { state, momenta, outputs, proposedPosition, proposedGradient, proposedLogDensity } = arrays;
  const perElement = gridFor(chains * dim, 64);
  const perChain = gridFor(chains, 64);
  const storages = (tensors: DeviceTensor[]): Storage[] => tensors.map((tensor) => tensor.storage);
  const leapfrog = (starts: boolean) => (param: Storage): Promise<Dispatch> =>
    makeDispatch(gpu, leapfrogKernel({ starts, draws: !options.givenMomentum }), [param, ...storages([key, logStepSizes, state, proposedGradient, proposedPosition, momenta])], perElement);
  // a binding must be there even where the kernel does not use it
  const derivativesOrNone = derivatives ?? arrays.none;
  const ends = [logStepSizes, proposedPosition, proposedGradient, proposedLogDensity, momenta, state, outputs, derivativesOrNone];
  const metropolis = (param: Storage): Promise<Dispatch> => makeDispatch(gpu, metropolisKernel(derivatives !== undefined), [param, ...storages(ends)], perChain);
  const work: ChainWork = {
    density,
    propose: await makeCopy(gpu, state.view(0, [chains, dim]), proposedPosition),
    adopt: [
      await makeCopy(gpu, proposedGradient, state.view(arrays.stride, [chains, dim])),
      await makeCopy(gpu, proposedLogDensity, state.view(2 * arrays.stride, [chains])),
    ],
    starts: await Promise.all(params.map(leapfrog(true))),
    steps: await Promise.all(params.map(leapfrog(false))),
    ends: await Promise.all(params.map(metropolis)),
    statistics: await makeDispatch(gpu, statisticsKernel(gpu.software), [params[0], outputs.storage, statistics.storage], [transitions, 1, 1]),
  };
  return new HmcChain(gpu, options, key, logStepSizes, statistics, derivatives, arrays, work);
}

/** Log density and gradient of the proposal in one program. */
function compileDensity(gpu: Gpu, record: LogDensity, arrays: ChainState): Promise<Program> {
  const position = new Tape().read(arrays.proposedPosition);
  const logDensity = record(position);
  const { chains } = arrays.sizes;
  if (logDensity.shape.length !== 1 || logDensity.shape[0] !== chains) {
    throw new ShapeError(
      `[hmc] the log density of positions ${showShape(position.shape)} must be one number per chain, ${showShape([chains])}, got ${showShape(logDensity.shape)}; sum over the other axes.`,
    );
  }
  const [gradient] = gradients(sum(logDensity), [position]);
  return compile(gpu, { logDensity, gradient }, { into: { logDensity: arrays.proposedLogDensity, gradient: arrays.proposedGradient } });
}
