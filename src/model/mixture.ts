import { compile, concat, reshape, Tape, type Program } from "../autodiff/index.ts";
import { submit } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/device.ts";
import { foldIn as foldKey, type Key } from "../math/key.ts";
import type { KnownRows } from "./conditional.ts";
import type { ColumnSet } from "./evaluate.ts";
import type { DrawsPart, PartColumns, PosteriorRows, RowDraws, RowSampler, SamplingInfo } from "./row-draws.ts";
import { sessionDraws, type OpenSession, type SessionDraws } from "./session-draws.ts";

/** Tag of the key of the second part of a mixture. */
const secondKey = 11;

/** The second of two parts' share of the draws, of features and of targets. */
export interface Weights {
  features: number;
  targets: number;
}

/** How many draws of the first and of the second part answer. */
export type Shares = readonly [first: number, second: number];

/** S draws shared out between two parts: at least one of each. */
export function sharesOf(draws: number, weight: number): Shares {
  const second = Math.min(draws - 1, Math.max(1, Math.round(weight * draws)));
  return [draws - second, second];
}

/** The draws of each part that features or targets need. */
export function sharesOfBoth(draws: number, weights: Weights): Shares {
  const [x, y] = [sharesOf(draws, weights.features), sharesOf(draws, weights.targets)];
  return [Math.max(x[0], y[0]), Math.max(x[1], y[1])];
}

/** S draws of two samplers that answer the same rows, the same number of rows at a time, one after the other. Each has as many draws as `sharesOfBoth` says; where features or targets need fewer, some of them answer. */
export class MixtureSampler implements RowSampler {
  constructor(
    private readonly first: RowSampler,
    private readonly second: RowSampler,
    private readonly draws: number,
    private readonly weights: Weights,
  ) {}

  async *sample(table: PosteriorRows, key: Key, signal?: AbortSignal): AsyncGenerator<RowDraws & SamplingInfo> {
    const others = this.second.sample(table, foldKey(key, secondKey), signal);
    for await (const a of this.first.sample(table, key, signal)) {
      const { value: b } = (await others.next()) as { value: (RowDraws & SamplingInfo) | undefined };
      if (b?.firstRow !== a.firstRow || b.rows !== a.rows) throw new Error(`[mixture] the parts answer other rows: ${a.firstRow} to ${a.firstRow + a.rows}, and ${b?.firstRow} on.`);
      const [x, y] = [sharesOf(this.draws, this.weights.features), sharesOf(this.draws, this.weights.targets)];
      const both = ([m, n]: Shares, pick: (draws: RowDraws) => Float32Array): Float32Array => interleaved(someDraws(pick(a), a, m), someDraws(pick(b), b, n), a.rows);
      yield {
        ...a, // acceptance and divergences are the chain's
        draws: this.draws,
        parts: [a, b].flatMap((sample, i) => sample.parts.map((part) => ({ ...part, features: someOf(part.features, sample, x[i]), targets: someOf(part.targets, sample, y[i]) }))),
        logProbX: both(x, ({ logProbX }) => logProbX),
        weightedLogProbX: both(x, ({ weightedLogProbX }) => weightedLogProbX),
        logProbY: both(y, ({ logProbY }) => logProbY),
      };
    }
  }

  destroy(): void {
    this.first.destroy();
    this.second.destroy();
  }
}

/** Draws of each row as far apart as may be, so that each of several networks has its share: [rows, S, ...] -> [rows, count, ...] */
function someDraws(values: Float32Array, { rows, draws }: Pick<RowDraws, "rows" | "draws">, count: number): Float32Array {
  if (count === draws) return values;
  const width = values.length / (rows * draws);
  const result = new Float32Array(rows * count * width);
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < count; i++) {
      const from = r * draws + Math.floor(((i + 0.5) * draws) / count);
      result.set(values.subarray(from * width, (from + 1) * width), (r * count + i) * width);
    }
  }
  return result;
}

function someOf(columns: PartColumns, { rows, draws }: Pick<RowDraws, "rows" | "draws">, count: number): PartColumns {
  return { ...columns, draws: count, theta: someDraws(columns.theta, { rows, draws }, count) };
}

/** [rows, S, ...] and [rows, T, ...] -> [rows, S + T, ...] */
function interleaved(a: Float32Array, b: Float32Array, rows: number): Float32Array {
  const result = new Float32Array(a.length + b.length);
  const [m, n] = [a.length / rows, b.length / rows];
  for (let r = 0; r < rows; r++) {
    result.set(a.subarray(r * m, (r + 1) * m), r * (m + n));
    result.set(b.subarray(r * n, (r + 1) * n), r * (m + n) + m);
  }
  return result;
}

/** Joint draws of two sessions for the same rows. What is asked of the targets alone is answered with their own weight of the second. */
export class MixtureSession implements OpenSession {
  private join: { inputs: readonly unknown[]; program: Program<"x" | "y"> } | undefined;

  constructor(
    private readonly gpu: Gpu,
    private readonly parts: readonly [OpenSession, OpenSession],
    private readonly targets: ColumnSet,
    private readonly features: number,
    private readonly targetWeight: number,
  ) {}

  async draw(known: KnownRows, key: Key, options: { warm?: boolean } = {}): Promise<SessionDraws> {
    const a = await this.parts[0].draw(known, key, options);
    const b = await this.parts[1].draw(known, foldKey(key, secondKey));
    const program = await this.joined(a, b);
    submit(this.gpu, [program]);
    const { rows } = known;
    return sessionDraws({ rows, draws: a.draws + b.draws, features: this.features }, this.targets, key, {
      ...program.outputs,
      effective: a.effective,
      targetParts: async () => this.weighted([await a.targetParts(), await b.targetParts()], [a.draws, b.draws], rows),
      // log(w_a / A sum over a's A draws of p + w_b / B sum over b's B draws of p), as the mean over all A + B
      targetLogProb: async (truth) => {
        const share = (of: SessionDraws, values: Float32Array, weight: number): Float32Array => values.map((value) => value + Math.log((weight * (a.draws + b.draws)) / of.draws));
        return interleaved(share(a, await a.targetLogProb(truth), 1 - this.targetWeight), share(b, await b.targetLogProb(truth), this.targetWeight), rows);
      },
    });
  }

  /** As many draws of both as stand in the targets' proportion. */
  private weighted(parts: readonly (readonly DrawsPart[])[], [first, second]: Shares, rows: number): DrawsPart[] {
    const w = this.targetWeight;
    const counts = second * (1 - w) <= first * w ? [Math.max(1, Math.round((second * (1 - w)) / w)), second] : [first, Math.max(1, Math.round((first * w) / (1 - w)))];
    return parts.flatMap((own, i) => own.map((part) => ({ ...part, targets: someOf(part.targets, { rows, draws: part.targets.draws }, Math.min(counts[i], part.targets.draws)) })));
  }

  /** The draws of a row side by side; compiled once, for the sessions' own tensors stay the same. */
  private async joined(a: SessionDraws, b: SessionDraws): Promise<Program<"x" | "y">> {
    const inputs = [a.x, a.y, b.x, b.y];
    if (this.join?.inputs.every((tensor, i) => tensor === inputs[i])) return this.join.program;
    this.join?.program.destroy();
    const tape = new Tape();
    const both = (name: "x" | "y") => concat([a, b].map((own) => reshape(tape.read(own[name]), [own.rows, own.draws, own[name].size / (own.rows * own.draws)])), 1);
    const program = await compile(this.gpu, { x: both("x"), y: both("y") });
    this.join = { inputs, program };
    return program;
  }

  destroy(): void {
    this.join?.program.destroy();
    for (const part of this.parts) part.destroy();
  }
}
