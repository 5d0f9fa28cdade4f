import { codeValue, decodeValue } from "../data/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { isNumber, levelCount } from "../likelihood/mixed.ts";
import type { Key } from "../math/key.ts";
import type { ConditionalSampler, DrawSession, Estimator, JointDraws, KnownRows, Variable } from "./answers/conditional.ts";
import type { ColumnSet } from "./answers/column-set.ts";
import type { CompletionNetwork } from "./completion/completion-network.ts";
import { CalibratedSession } from "./calibration/calibrated-draws.ts";
import { Calibrator } from "./calibration/calibration.ts";
import { lookingAtOnce } from "./completion/look-up-columns.ts";
import { CompletionPosterior } from "./completion/completion-posterior.ts";
import type { Chosen } from "./posterior/shares.ts";
import type { Gaussians } from "./gaussians/gaussians.ts";
import { GaussiansPosterior } from "./gaussians/gaussians-posterior.ts";
import { gaussianReward } from "./latent/encoder-reward.ts";
import type { LatentNetworks } from "./latent/networks.ts";
import type { Sampler } from "./latent/posterior/importance.ts";
import { latentPaths, type LatentPaths, type LatentPathsOptions, type LatentRow } from "./latent/posterior/latent-paths.ts";
import { LatentPosterior } from "./latent/posterior/latent-posterior.ts";
import { chainsAtOnce, drawsAtOnce } from "./posterior/chains-at-once.ts";
import { MixturePosterior } from "./posterior/mixture-posterior.ts";
import type { Posterior, PosteriorSizes } from "./posterior/posterior.ts";
import { modelParts, drawCounts, drawCountsOfBoth, sharesOfCompletions, sharesOfParts, type ModelPart, type Shares } from "./posterior/shares.ts";

/** What a trained model is made of: a latent variable model, completion networks, a mixture of Gaussians, or several of them with what the held-back rows decided. */
interface TrainedParts {
  readonly networks?: LatentNetworks;
  readonly completion?: CompletionNetwork;
  readonly gaussians?: Gaussians;
  readonly chosen?: Pick<Chosen, "weight" | "targetWeight" | "gaussians" | "joint" | "calibration" | "jointCalibration">;
}

const partNames: Readonly<Record<ModelPart, string>> = { proper: "a latent variable model", conditional: "completion networks", gaussians: "a mixture of Gaussians" };

/** Draws of a part from which its answer for the targets can be told. */
const enoughForTargets = 32;

/** The parts that answer, with their shares. */
interface Answering {
  readonly names: readonly ModelPart[];
  readonly weights: readonly Shares[];
}

/** The posterior of a trained model, whatever it is made of: opened for the entries of tables, or for joint draws, which is what acquisition works on. */
export class ModelPosterior implements ConditionalSampler {
  readonly features: readonly Variable[];
  readonly targets: readonly Variable[];
  /** Of a model whose predictive distributions are mapped. */
  readonly calibrator: Calibrator | undefined;
  /** The same of completed rows. */
  readonly completionCalibrator: Calibrator | undefined;

  constructor(
    private readonly parts: TrainedParts,
    private readonly columns: { features: ColumnSet; targets: ColumnSet },
    readonly estimator: Estimator,
  ) {
    const { calibration, jointCalibration = calibration } = parts.chosen ?? {};
    this.calibrator = calibration && new Calibrator(calibration);
    this.completionCalibrator = jointCalibration && new Calibrator(jointCalibration);
    this.features = variables(columns.features);
    this.targets = variables(columns.targets);
  }

  get gpu(): Gpu {
    return (this.parts.networks ?? this.parts.completion)!.gpu;
  }

  /** Draws that the device has memory for together; undefined where that is no concern: for models of tables that look up no training rows. */
  get chainsAtOnce(): number | undefined {
    const { networks, completion } = this.parts;
    if (completion?.shape.rows) return lookingAtOnce(completion.shape);
    return networks?.shape.config.image ? this.latentsAtOnce : undefined;
  }

  /** Rows whose entries are drawn for at once. */
  rowsTogether(draws: number): number {
    return this.together(this.answering(undefined, draws), draws);
  }

  /** Opens the posterior for the entries of tables of up to so many rows, each entry by itself. Throws RangeError for a sampler that the model has no use for, or a part that it does not have. */
  openEntries(options: PosteriorSizes & { sampler?: Sampler; part?: ModelPart }): Promise<Posterior> {
    return this.scoped((own) => own.entries(options));
  }

  private async entries({ sampler, part, ...sizes }: PosteriorSizes & { sampler?: Sampler; part?: ModelPart }): Promise<Posterior> {
    const answering = this.answering(part, sizes.draws);
    const { names, weights } = answering;
    if (!names.includes("proper") && sampler !== undefined && sampler !== "encoder") throw new RangeError(`[sampler] ${names.map((name) => partNames[name]).join(" and ")} alone draw exactly; leave the sampler out.`);
    return this.mixed(answering, drawCountsOfBoth(sizes.draws, weights), { ...sizes, rows: Math.min(sizes.rows, this.together(answering, sizes.draws)) }, (name, own) => (name === "proper" ? LatentPosterior.openEntries(this.parts.networks!, { ...own, sampler }) : this.openPart(name, own)));
  }

  /** Opens the posterior for completed rows: joint draws with the shares that were chosen for them. Throws RangeError for a part that the model does not have. */
  openCompletions(sizes: PosteriorSizes, part?: ModelPart): Promise<Posterior> {
    return this.openJoint(sizes, part, sharesOfCompletions);
  }

  /** Opens the posterior for joint draws of so many rows. Throws RangeError for a part that the model does not have. */
  openJoint(sizes: PosteriorSizes, part?: ModelPart, sharesOf = sharesOfParts): Promise<Posterior> {
    return this.scoped((own) => own.joint(sizes, part, sharesOf));
  }

  private async joint(sizes: PosteriorSizes, part: ModelPart | undefined, sharesOf: typeof sharesOfParts): Promise<Posterior> {
    const answering = this.answering(part, sizes.draws, sharesOf);
    const [features, targets] = (["features", "targets"] as const).map((of) => drawCounts(sizes.draws, answering.weights.map((own) => own[of])));
    // a part that the targets trust more than the features has a few draws more, which answer for the targets alone
    const counts = features.map((count, i) => Math.max(count, Math.min(targets[i], enoughForTargets)));
    return this.mixed(answering, counts, sizes, (name, own) => this.openPart(name, own));
  }

  /** Joint draws for acquisition. Throws RangeError for a model without target, and for sizes that are not whole numbers of at least 1. */
  async open(sizes: { rows: number; draws: number }): Promise<DrawSession> {
    if (this.targets.length === 0) throw new RangeError("[acquire] the model has no target; train a model with one.");
    for (const [name, value] of Object.entries(sizes)) {
      if (!Number.isInteger(value) || value < 1) throw new RangeError(`[acquire] expected ${name} to be a whole number of at least 1, got ${value}.`);
    }
    const posterior = await this.openJoint(sizes);
    return this.calibrator ? new CalibratedSession(posterior, this.calibrator, this.columns) : posterior;
  }

  /** The encoder's Gaussian reward; undefined without a latent variable model. */
  get gaussianReward(): ((known: KnownRows, joint: JointDraws, draws: number, key: Key) => Promise<Float64Array>) | undefined {
    const { networks } = this.parts;
    return networks && ((known, joint, draws, key) => inScope(networks.gpu, (gpu) => gaussianReward(networks.within(gpu), known, joint, { draws, key })));
  }

  /** Throws RangeError without a latent variable model. */
  latentPaths(row: LatentRow, key: Key, options: LatentPathsOptions): Promise<LatentPaths> {
    const { networks } = this.parts;
    if (!networks) throw new RangeError("[latentPaths] the model is a completion network alone: it has no posterior to explore; train the preset best, proper or one of the paper's.");
    return inScope(networks.gpu, (gpu) => latentPaths(networks.within(gpu), row, key, options));
  }

  /** What is opened by a posterior of a scope of its own, all of which goes when it is destroyed. */
  private async scoped(open: (own: ModelPosterior) => Promise<Posterior>): Promise<Posterior> {
    const gpu = this.gpu.scope();
    const { networks, completion } = this.parts;
    const parts = { ...this.parts, networks: networks?.within(gpu), completion: completion?.within(gpu) };
    try {
      const opened = await open(new ModelPosterior(parts, this.columns, this.estimator));
      const end = opened.destroy.bind(opened);
      opened.destroy = () => {
        end();
        gpu.free();
      };
      return opened;
    } catch (cause) {
      gpu.free();
      throw cause;
    }
  }

  /** The only part's posterior, or a mixture of several, each with so many draws. */
  private async mixed({ names, weights }: Answering, counts: readonly number[], sizes: PosteriorSizes, open: (name: ModelPart, sizes: PosteriorSizes) => Promise<Posterior>): Promise<Posterior> {
    if (names.length === 1) return open(names[0], sizes);
    const posteriors: Posterior[] = [];
    for (const [i, name] of names.entries()) posteriors.push(await open(name, { ...sizes, draws: counts[i] }));
    return new MixturePosterior(this.gpu, posteriors, this.columns.targets, this.features.length, weights, sizes);
  }

  private async openPart(name: ModelPart, sizes: PosteriorSizes): Promise<Posterior> {
    const { networks, completion, gaussians } = this.parts;
    const { targets } = this.columns;
    if (name === "conditional") return new CompletionPosterior(completion!, targets, sizes);
    if (name === "gaussians") return new GaussiansPosterior(this.gpu, gaussians!, targets, sizes);
    return LatentPosterior.open(networks!, targets, sizes);
  }

  private together({ names, weights }: Answering, draws: number): number {
    const most = names.length > 1 ? Math.max(...drawCountsOfBoth(draws, weights)) : draws;
    const { completion } = this.parts;
    const atOnce = names.includes("proper") ? this.latentsAtOnce : drawsAtOnce;
    const looking = names.includes("conditional") && completion ? lookingAtOnce(completion.shape) : Infinity;
    return Math.max(1, Math.floor(Math.min(atOnce, looking) / most));
  }

  /** Draws of the latent variable model that run side by side. */
  private get latentsAtOnce(): number {
    const { networks } = this.parts;
    return networks ? chainsAtOnce(networks.gpu, networks.shape) : drawsAtOnce;
  }

  /** The parts that answer with so many draws: those with a share, or the one that is asked for. Throws RangeError for a part that the model does not have. */
  private answering(part: ModelPart | undefined, draws: number, sharesOf = sharesOfParts): Answering {
    const { networks, completion, gaussians, chosen } = this.parts;
    const has: Record<ModelPart, boolean> = { proper: networks !== undefined, conditional: completion !== undefined, gaussians: gaussians !== undefined };
    const names = modelParts.filter((name) => has[name]);
    if (part !== undefined) {
      if (!has[part]) throw new RangeError(`[part] the model has no part "${part}"; it is ${names.map((name) => partNames[name]).join(" and ")} alone.`);
      return { names: [part], weights: [{ features: 1, targets: 1 }] };
    }
    const weights = sharesOf(has, chosen);
    const order = names.filter((name) => weights[name].features > 0 || weights[name].targets > 0).sort((a, b) => weights[b].features - weights[a].features);
    // fewer draws than parts are the most trusted parts'
    const answering = names.filter((name) => order.slice(0, draws).includes(name));
    const total = (of: keyof Shares): number => answering.reduce((sum, name) => sum + weights[name][of], 0) || 1;
    return { names: answering, weights: answering.map((name) => ({ features: weights[name].features / total("features"), targets: weights[name].targets / total("targets") })) };
  }
}

async function inScope<T>(gpu: Gpu, work: (gpu: Gpu) => Promise<T>): Promise<T> {
  const scope = gpu.scope();
  try {
    return await work(scope);
  } finally {
    scope.free();
  }
}

/** Columns as acquisition sees them. */
function variables({ columns, mixed }: ColumnSet): Variable[] {
  return columns.map((column, i) => {
    const { name } = column;
    if (isNumber(mixed[i])) return { name, levels: 1, units: (coded: number) => decodeValue(column, coded), code: (units: number) => codeValue(column, units) };
    return { name, levels: levelCount(mixed[i]), labels: column.categories };
  });
}
