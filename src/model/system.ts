import type { Gpu } from "../gpu/device.ts";
import type { Key } from "../math/key.ts";
import type { ModelPart } from "./api.ts";
import { chainsAtOnce, drawsAtOnce } from "./chains-at-once.ts";
import { CompletionSampler } from "./completion/completion-sampler.ts";
import { CompletionSession } from "./completion/completion-session.ts";
import type { CompletionNetwork } from "./completion/completion-network.ts";
import type { DrawSession, JointDraws, KnownRows } from "./conditional.ts";
import { openSession } from "./draw-session.ts";
import { gaussianReward } from "./encoder-reward.ts";
import type { ColumnSet } from "./evaluate.ts";
import type { Sampler } from "./importance.ts";
import { latentPaths, type LatentPaths, type LatentPathsOptions, type LatentRow } from "./latent-paths.ts";
import { MixtureSampler, MixtureSession, sharesOf, sharesOfBoth, type Weights } from "./mixture.ts";
import type { Networks } from "./networks.ts";
import { Posterior } from "./posterior.ts";
import type { RowSampler } from "./row-draws.ts";
import type { OpenSession } from "./session-draws.ts";

/** What a trained model is made of: a latent variable model, a completion network, or both with the second's weights. */
export interface SystemParts {
  readonly networks?: Networks;
  readonly completion?: CompletionNetwork;
  /** Shares of the draws that come from the completion network where there are both; what is drawn jointly has the features'. */
  readonly weights?: Weights;
}

const evenWeights: Weights = { features: 0.5, targets: 0.5 };

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

  /** Compiles draws for tables of up to `rows` rows. Throws RangeError for a sampler that the model has no use for. */
  async openSampler({ rows, draws, sampler, part }: { rows: number; draws: number; sampler?: Sampler; part?: ModelPart }): Promise<RowSampler> {
    const { networks, completion, weights = evenWeights } = this.answering(part);
    if (!networks) {
      if (sampler !== undefined && sampler !== "encoder") throw new RangeError(`[sampler] the model has a completion network alone, whose draws are exact; leave the sampler out.`);
      return CompletionSampler.create(completion!, { rows, draws });
    }
    if (!completion || draws < 2) return Posterior.create(networks, { rows, draws, sampler });
    const [first, second] = sharesOfBoth(draws, weights);
    // both take the same number of rows at a time
    const together = Math.min(rows, this.rowsTogether(draws));
    return new MixtureSampler(await Posterior.create(networks, { rows: together, draws: first, sampler }), await CompletionSampler.create(completion, { rows: together, draws: second }), draws, weights);
  }

  /** Rows that are drawn for at once. */
  rowsTogether(draws: number): number {
    const { networks, completion, weights = evenWeights } = this.answering(undefined);
    const most = networks && completion && draws > 1 ? Math.max(...sharesOfBoth(draws, weights)) : draws;
    return Math.max(1, Math.floor((networks ? chainsAtOnce(networks.gpu, networks.shape) : drawsAtOnce) / most));
  }

  /** Draws that the device has memory for together; undefined where that is no concern: for models of tables. */
  get chainsAtOnce(): number | undefined {
    const { networks } = this.parts;
    return networks?.shape.config.image ? chainsAtOnce(networks.gpu, networks.shape) : undefined;
  }

  /** The parts that answer. Throws RangeError for a part that the model does not have. */
  private answering(part: ModelPart | undefined): SystemParts {
    const { networks, completion, weights } = this.parts;
    if (part === undefined) return networks && weights?.features === 0 ? { networks } : this.parts;
    const only = part === "proper" ? { networks } : { completion };
    if (!only.networks && !only.completion) throw new RangeError(`[part] the model has no part "${part}"; it is ${networks ? "a latent variable model" : "a completion network"} alone.`);
    return only;
  }

  /** Compiles joint draws for a fixed number of rows. */
  async openSession({ rows, draws }: { rows: number; draws: number }): Promise<DrawSession> {
    const { networks, completion, weights = evenWeights } = this.answering(undefined);
    if (!networks) return CompletionSession.open(completion!, this.targets, { rows, draws });
    if (!completion || draws < 2) return openSession(networks, this.targets, { rows, draws });
    const [first, second] = sharesOf(draws, weights.features);
    const both: [OpenSession, OpenSession] = [await openSession(networks, this.targets, { rows, draws: first }), await CompletionSession.open(completion, this.targets, { rows, draws: second })];
    return new MixtureSession(this.gpu, both, this.targets, this.features, weights.targets);
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
