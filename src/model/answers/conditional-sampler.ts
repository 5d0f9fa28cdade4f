import { decodeValue } from "../../data/index.ts";
import type { Key } from "../../math/key.ts";
import type { ConditionalSampler, DrawSession, Estimator, JointDraws, KnownRows, Variable } from "./conditional.ts";
import { isNumber, levelCount } from "../../likelihood/mixed.ts";
import type { ColumnSet } from "./evaluate.ts";
import type { System } from "../posterior/system.ts";

/** A trained model as a sampler of p(x_U, y | x_O). */
export class ModelSampler implements ConditionalSampler {
  readonly features: readonly Variable[];
  readonly targets: readonly Variable[];

  constructor(
    private readonly system: System,
    private readonly columns: { features: ColumnSet; targets: ColumnSet },
    readonly estimator: Estimator,
  ) {
    this.features = variables(columns.features);
    this.targets = variables(columns.targets);
  }

  get gpu() {
    return this.system.gpu;
  }

  get chainsAtOnce(): number | undefined {
    return this.system.chainsAtOnce;
  }

  /** Throws RangeError for a model without target, and for sizes that are not whole numbers of at least 1. */
  async open(sizes: { rows: number; draws: number }): Promise<DrawSession> {
    if (this.targets.length === 0) throw new RangeError("[acquire] the model has no target; train a model with one.");
    for (const [name, value] of Object.entries(sizes)) {
      if (!Number.isInteger(value) || value < 1) throw new RangeError(`[acquire] expected ${name} to be a whole number of at least 1, got ${value}.`);
    }
    return this.system.openSession(sizes);
  }

  get gaussianReward(): ((known: KnownRows, joint: JointDraws, draws: number, key: Key) => Promise<Float64Array>) | undefined {
    return this.system.gaussianReward;
  }
}

function variables({ columns, mixed }: ColumnSet): Variable[] {
  return columns.map((column, i) => {
    const { name } = column;
    if (isNumber(mixed[i])) return { name, levels: 1, units: (coded: number) => decodeValue(column, coded) };
    return { name, levels: levelCount(mixed[i]) };
  });
}
