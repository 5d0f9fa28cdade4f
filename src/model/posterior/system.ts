import type { Gpu } from "../../gpu/device.ts";
import type { Key } from "../../math/key.ts";
import { modelParts, type ModelPart } from "../api.ts";
import { chainsAtOnce, drawsAtOnce } from "./chains-at-once.ts";
import { CompletionSampler } from "../completion/completion-sampler.ts";
import { CompletionSession } from "../completion/completion-session.ts";
import type { CompletionNetwork } from "../completion/completion-network.ts";
import type { DrawSession, JointDraws, KnownRows } from "../answers/conditional.ts";
import { openSession } from "../latent/posterior/draw-session.ts";
import { gaussianReward } from "../latent/encoder-reward.ts";
import type { ColumnSet } from "../answers/evaluate.ts";
import type { Gaussians } from "../gaussians/gaussians.ts";
import { GaussiansSampler } from "../gaussians/gaussians-sampler.ts";
import { GaussiansSession } from "../gaussians/gaussians-session.ts";
import type { Sampler } from "../latent/posterior/importance.ts";
import { latentPaths, type LatentPaths, type LatentPathsOptions, type LatentRow } from "../latent/posterior/latent-paths.ts";
import { MixtureSampler, MixtureSession, sharesOf, sharesOfBoth, type Weights } from "./mixture.ts";
import type { Networks } from "../latent/networks.ts";
import type { Chosen } from "../files/parse-model.ts";
import { Posterior } from "../latent/posterior/posterior.ts";
import type { RowSampler } from "../answers/row-draws.ts";
import type { SessionSizes } from "../answers/session-draws.ts";

/** What a trained model is made of: a latent variable model, completion networks, a mixture of Gaussians, or several of them with what the held-back rows decided. */
export interface SystemParts {
  readonly networks?: Networks;
  readonly completion?: CompletionNetwork;
  readonly gaussians?: Gaussians;
  readonly chosen?: Pick<Chosen, "weight" | "targetWeight" | "gaussians">;
}

const partNames: Readonly<Record<ModelPart, string>> = { proper: "a latent variable model", conditional: "completion networks", gaussians: "a mixture of Gaussians" };

/** Draws of a part from which its answer for the targets can be told. */
const enoughForTargets = 32;

/** The parts that answer, with their shares. */
interface Answering {
  readonly names: readonly ModelPart[];
  readonly weights: readonly Weights[];
}

/** A trained model as its answers need it. */
export class System {
  constructor(
    private readonly parts: SystemParts,
    private readonly targets: ColumnSet,
    private readonly features: number,
  ) {}

  get gpu(): Gpu {
    return (this.parts.networks ?? this.parts.completion)!.gpu;
  }

  /** Compiles draws for tables of up to `rows` rows; givenTargets: targets that are known are conditioned on too. Throws RangeError for a sampler that the model has no use for. */
  async openSampler({ rows, draws, sampler, part, givenTargets }: SessionSizes & { sampler?: Sampler; part?: ModelPart }): Promise<RowSampler> {
    const { networks, completion, gaussians } = this.parts;
    const { names, weights } = this.answering(part, draws);
    if (!names.includes("proper") && sampler !== undefined && sampler !== "encoder") throw new RangeError(`[sampler] ${names.map((name) => partNames[name]).join(" and ")} alone draw exactly; leave the sampler out.`);
    const open = (name: ModelPart, sizes: SessionSizes): Promise<RowSampler> | RowSampler => {
      if (name === "proper") return Posterior.create(networks!, { ...sizes, sampler });
      return name === "conditional" ? CompletionSampler.create(completion!, sizes) : new GaussiansSampler(gaussians!, sizes);
    };
    // all take the same number of rows at a time
    const together = names.length === 1 && names[0] === "proper" ? rows : Math.min(rows, this.together(names, weights, draws));
    if (names.length === 1) return open(names[0], { rows: together, draws, givenTargets });
    const counts = sharesOfBoth(draws, weights);
    const samplers: RowSampler[] = [];
    for (const [i, name] of names.entries()) samplers.push(await open(name, { rows: together, draws: counts[i], givenTargets }));
    return new MixtureSampler(samplers, draws, weights);
  }

  /** Rows that are drawn for at once. */
  rowsTogether(draws: number): number {
    const { names, weights } = this.answering(undefined, draws);
    return this.together(names, weights, draws);
  }

  private together(names: readonly ModelPart[], weights: readonly Weights[], draws: number): number {
    const { networks } = this.parts;
    const most = names.length > 1 ? Math.max(...sharesOfBoth(draws, weights)) : draws;
    return Math.max(1, Math.floor((names.includes("proper") ? chainsAtOnce(networks!.gpu, networks!.shape) : drawsAtOnce) / most));
  }

  /** Draws that the device has memory for together; undefined where that is no concern: for models of tables. */
  get chainsAtOnce(): number | undefined {
    const { networks } = this.parts;
    return networks?.shape.config.image ? chainsAtOnce(networks.gpu, networks.shape) : undefined;
  }

  /** The parts that answer with so many draws: those with a share, or the one that is asked for. Throws RangeError for a part that the model does not have. */
  private answering(part: ModelPart | undefined, draws: number): Answering {
    const { networks, completion, gaussians, chosen } = this.parts;
    const has: Record<ModelPart, boolean> = { proper: networks !== undefined, conditional: completion !== undefined, gaussians: gaussians !== undefined };
    const names = modelParts.filter((name) => has[name]);
    if (part !== undefined) {
      if (!has[part]) throw new RangeError(`[part] the model has no part "${part}"; it is ${names.map((name) => partNames[name]).join(" and ")} alone.`);
      return { names: [part], weights: [{ features: 1, targets: 1 }] };
    }
    const weights = sharesOfParts(has, chosen);
    const order = names.filter((name) => weights[name].features > 0 || weights[name].targets > 0).sort((a, b) => weights[b].features - weights[a].features);
    // fewer draws than parts are the most trusted parts'
    const answering = names.filter((name) => order.slice(0, draws).includes(name));
    const total = (of: keyof Weights): number => answering.reduce((sum, name) => sum + weights[name][of], 0) || 1;
    return { names: answering, weights: answering.map((name) => ({ features: weights[name].features / total("features"), targets: weights[name].targets / total("targets") })) };
  }

  /** Compiles joint draws for a fixed number of rows. */
  async openSession(sizes: SessionSizes, part?: ModelPart): Promise<DrawSession> {
    const { networks, completion, gaussians } = this.parts;
    const { names, weights } = this.answering(part, sizes.draws);
    const open = async (name: ModelPart, own: SessionSizes) => {
      if (name === "proper") return openSession(networks!, this.targets, own);
      return name === "conditional" ? CompletionSession.open(completion!, this.targets, own) : new GaussiansSession(this.gpu, gaussians!, this.targets, own);
    };
    if (names.length === 1) return open(names[0], sizes);
    const [features, targets] = (["features", "targets"] as const).map((of) => sharesOf(sizes.draws, weights.map((own) => own[of])));
    const sessions = [];
    // a part that the targets trust more than the features has a few draws more, which answer for the targets alone
    for (const [i, name] of names.entries()) sessions.push(await open(name, { ...sizes, draws: Math.max(features[i], Math.min(targets[i], enoughForTargets)) }));
    return new MixtureSession(this.gpu, sessions, this.targets, this.features, features, weights.map((own) => own.targets));
  }

  /** The encoder's Gaussian reward; undefined without a latent variable model. */
  get gaussianReward(): ((known: KnownRows, joint: JointDraws, draws: number, key: Key) => Promise<Float64Array>) | undefined {
    const { networks } = this.parts;
    return networks && ((known, joint, draws, key) => gaussianReward(networks, known, joint, { draws, key }));
  }

  /** Throws RangeError without a latent variable model. */
  latentPaths(row: LatentRow, key: Key, options: LatentPathsOptions): Promise<LatentPaths> {
    const { networks } = this.parts;
    if (!networks) throw new RangeError("[latentPaths] the model is a completion network alone: it has no posterior to explore; train the preset best, proper or one of the paper's.");
    return latentPaths(networks, row, key, options);
  }
}

/** Each part's share: as the held-back rows decided, what is left of it the latent variable model's; evenly where they decided nothing. */
function sharesOfParts(has: Readonly<Record<ModelPart, boolean>>, chosen: SystemParts["chosen"]): Record<ModelPart, Weights> {
  const none = { features: 0, targets: 0 };
  if (!chosen) {
    const share = 1 / modelParts.filter((name) => has[name]).length;
    const own = (name: ModelPart): Weights => (has[name] ? { features: share, targets: share } : none);
    return { proper: own("proper"), conditional: own("conditional"), gaussians: own("gaussians") };
  }
  const conditional = { features: chosen.weight, targets: chosen.targetWeight ?? chosen.weight };
  const gaussians = chosen.gaussians ? { features: chosen.gaussians.weight, targets: chosen.gaussians.targetWeight } : none;
  const left = (of: (own: Weights) => number): number => Math.max(0, Number((1 - of(conditional) - of(gaussians)).toFixed(6)));
  return { proper: has.proper ? { features: left((own) => own.features), targets: left((own) => own.targets) } : none, conditional, gaussians };
}
