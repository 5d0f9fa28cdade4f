import { makeCopy } from "../../../autodiff/copy.ts";
import { compile, deviceTensor } from "../../../autodiff/index.ts";
import { submit } from "../../../gpu/dispatch.ts";
import { energyBfmi, summarise, type DrawsSummary } from "../../../math/diagnostics.ts";
import { foldIn as foldKey, type Key } from "../../../math/key.ts";
import { compilePaths, meanAcceptance, isDivergent, type ChainPaths } from "../../../sampler/index.ts";
import { chainDensity, generalSizes } from "./conditional-chain.ts";
import type { LatentNetworks } from "../networks.ts";
import { recordEncodedStart } from "./posterior-start.ts";

/** How the posterior of one row's latents is explored: what a viewer shows. K latents, the layers side by side, layer 1 first. */
export interface LatentPaths {
  /** Latents of each layer. */
  readonly layers: readonly number[];
  /** The encoder's Gaussian q(eps | x_O), coordinates independent [K]. */
  readonly encoder: { readonly mean: Float32Array; readonly standardDeviation: Float32Array };
  /** Factor on the encoder's deviations where chains start, per layer. */
  readonly inflation: readonly number[];
  /** Where the N chains start; without HMC these are the draws [N, K]. */
  readonly start: Float32Array;
  /** Absent for models that do not use HMC. */
  readonly hmc?: LatentChains;
}

export interface LatentChains {
  /** The T transitions behind the draws of `impute` and `predict`. */
  readonly paths: ChainPaths;
  /** What the same chains draw when they go on, after each transition [N, S, K]. */
  readonly draws: Float32Array;
  readonly drawsPerChain: number;
  /** Of `draws`, per latent. R-hat near 1 says that the chains had forgotten their starts when these began. */
  readonly summaries: readonly DrawsSummary[];
  /** Energy's Bayesian fraction of missing information, per chain. */
  readonly bfmi: readonly number[];
  /** Mean acceptance probability and divergent trajectories of all transitions, the first T included. */
  readonly acceptance: number;
  readonly divergences: number;
}

export interface LatentPathsOptions {
  /** Chains N, side by side. */
  chains?: number;
  /** How often the chains run through their T transitions after the first time; their draws are diagnosed. */
  sweeps?: number;
  seed?: number;
  onProgress?: (sweep: number, sweeps: number) => void;
  signal?: AbortSignal;
}

/** One row to condition on, coded [D] each; y is hidden. */
export interface LatentRow {
  x: ArrayLike<number>;
  observed: ArrayLike<number>;
}

/** Follows chains of one row's posterior. With the same key the first T transitions are those behind the model's draws. */
export async function latentPaths(networks: LatentNetworks, row: LatentRow, key: Key, options: LatentPathsOptions = {}): Promise<LatentPaths> {
  const { chains = 8, sweeps = 20, onProgress, signal } = options;
  for (const [name, value, least] of [["chains", chains, 1], ["sweeps", sweeps, 0]] as const) {
    if (!Number.isInteger(value) || value < least) throw new RangeError(`[latentPaths] expected ${name} to be a whole number of at least ${least}, got ${value}.`);
  }
  const { gpu, shape, latentSize: k } = networks;
  const keyTensor = deviceTensor(gpu, [2], key, { dtype: "u32", label: "row key" });
  const inputs = { x: deviceTensor(gpu, [1, row.x.length], row.x), observed: deviceTensor(gpu, [1, row.x.length], row.observed), key: keyTensor };
  const prepare = await compile(gpu, recordEncodedStart(networks, inputs, { rows: 1, draws: chains }));
  try {
    prepare.run();
    const { mean, standardDeviation, start, z, chainKey } = prepare.outputs;
    const encoder = { mean: await mean.read(), standardDeviation: await standardDeviation.read() };
    const known = { layers: shape.config.latents, encoder, start: await start.read() };
    if (shape.config.inference !== "hmc") return { ...known, inflation: shape.config.latents.map(() => 1) };
    const inflation = Array.from(await networks.parameters.value("hmc/log_inflation").read(), Math.exp);

    const sizes = generalSizes(networks, { rows: 1, chainsPerRow: chains, key: chainKey, start });
    const recorder = await compilePaths(gpu, { ...sizes, logDensity: chainDensity(networks, { ...inputs, z }, { chainsPerRow: chains }) });
    try {
      submit(gpu, [await makeCopy(gpu, start, recorder.chain.position)]);
      const firstKey = await chainKey.readWords();
      const paths = await recorder.run();
      const later: ChainPaths[] = [];
      for (let sweep = 1; sweep <= sweeps; sweep++) {
        signal?.throwIfAborted();
        recorder.chain.key.write(foldKey([firstKey[0], firstKey[1]], sweep));
        later.push(await recorder.run());
        onProgress?.(sweep, sweeps);
      }
      return { ...known, inflation, hmc: { paths, ...diagnosed(paths, later, k) } };
    } finally {
      recorder.destroy();
    }
  } finally {
    prepare.destroy();
    for (const tensor of Object.values(inputs)) tensor.destroy();
  }
}

/** The draws of all later sweeps, chain by chain, with what is to be said about them. */
function diagnosed(first: ChainPaths, later: readonly ChainPaths[], dim: number): Omit<LatentChains, "paths"> {
  const { chains, transitions } = first;
  const drawsPerChain = later.length * transitions;
  const draws = new Float32Array(chains * drawsPerChain * dim);
  const each = <T>(of: (chain: number) => T): T[] => Array.from({ length: chains }, (_, chain) => of(chain));
  later.forEach((sweep, s) => {
    for (let t = 0; t < transitions; t++) {
      for (let n = 0; n < chains; n++) {
        draws.set(sweep.draws.subarray((t * chains + n) * dim, (t * chains + n + 1) * dim), (n * drawsPerChain + s * transitions + t) * dim);
      }
    }
  });
  const summaries = Array.from({ length: dim }, (_, i) => summarise(each((n) => Float64Array.from({ length: drawsPerChain }, (_, s) => draws[(n * drawsPerChain + s) * dim + i]))));
  const energies = each((n) => Float64Array.from({ length: drawsPerChain }, (_, s) => later[Math.floor(s / transitions)].energy[(s % transitions) * chains + n]));
  const all = [first, ...later];
  return {
    draws,
    drawsPerChain,
    summaries,
    bfmi: energyBfmi(energies),
    acceptance: all.reduce((total, { energyChange }) => total + meanAcceptance(energyChange), 0) / all.length,
    divergences: all.reduce((total, { energyChange }) => total + energyChange.filter(isDivergent).length, 0),
  };
}
