import { compile, concat, deviceTensor, gather, reshape, Tape, type Program } from "../../autodiff/index.ts";
import { submit } from "../../gpu/dispatch.ts";
import type { Gpu } from "../../gpu/device.ts";
import { foldIn as foldKey, type Key } from "../../math/key.ts";
import type { DrawOptions, KnownRows } from "../answers/conditional.ts";
import type { ColumnSet } from "../answers/evaluate.ts";
import type { DrawsPart, PartColumns, PosteriorRows, RowDraws, RowSampler, SamplingInfo } from "../answers/row-draws.ts";
import { sessionDraws, type OpenSession, type SessionDraws } from "../answers/session-draws.ts";

/** The key of each part of a mixture: the first has the mixture's own. */
function partKey(key: Key, part: number): Key {
  return part === 0 ? key : foldKey(key, 10 + part);
}

/** One part's share of the draws, of features and of targets; over all parts they sum to 1. */
export interface Weights {
  features: number;
  targets: number;
}

/** How many of S draws each part gives: in proportion to the weights, but at least one where a weight is above 0 and there are draws enough. */
export function sharesOf(draws: number, weights: readonly number[]): number[] {
  const order = [...weights.keys()].sort((a, b) => weights[b] - weights[a]);
  const counts = weights.map(() => 0);
  for (const part of order.slice(0, draws)) if (weights[part] > 0) counts[part] = 1;
  const total = weights.reduce((a, b) => a + b, 0);
  // one after another to the part that is furthest below its share
  for (let left = draws - counts.reduce((a, b) => a + b, 0); left > 0; left--) {
    const lacking = weights.map((weight, part) => (weight * draws) / total - counts[part]);
    counts[lacking.indexOf(Math.max(...lacking))]++;
  }
  return counts;
}

/** The draws of each part that features or targets need. */
export function sharesOfBoth(draws: number, weights: readonly Weights[]): number[] {
  const [x, y] = [sharesOf(draws, weights.map(({ features }) => features)), sharesOf(draws, weights.map(({ targets }) => targets))];
  return x.map((count, part) => Math.max(count, y[part]));
}

/** S draws of several samplers that answer the same rows, the same number of rows at a time, one after the other. Each has as many draws as `sharesOfBoth` says; where features or targets need fewer, some of them answer. */
export class MixtureSampler implements RowSampler {
  constructor(
    private readonly samplers: readonly RowSampler[],
    private readonly draws: number,
    private readonly weights: readonly Weights[],
  ) {}

  async *sample(table: PosteriorRows, key: Key, signal?: AbortSignal): AsyncGenerator<RowDraws & SamplingInfo> {
    const [first, ...others] = this.samplers.map((sampler, part) => sampler.sample(table, partKey(key, part), signal));
    for await (const a of first) {
      const samples = [a];
      for (const other of others) {
        const { value: b } = (await other.next()) as { value: (RowDraws & SamplingInfo) | undefined };
        if (b?.firstRow !== a.firstRow || b.rows !== a.rows) throw new Error(`[mixture] the parts answer other rows: ${a.firstRow} to ${a.firstRow + a.rows}, and ${b?.firstRow} on.`);
        samples.push(b);
      }
      const [x, y] = [sharesOf(this.draws, this.weights.map(({ features }) => features)), sharesOf(this.draws, this.weights.map(({ targets }) => targets))];
      const all = (counts: readonly number[], pick: (draws: RowDraws) => Float32Array): Float32Array => interleaved(samples.map((sample, part) => someDraws(pick(sample), sample, counts[part])), a.rows);
      yield {
        ...a, // acceptance and divergences are the chain's
        draws: this.draws,
        parts: samples.flatMap((sample, i) => sample.parts.map((part) => ({ ...part, features: someOf(part.features, sample, x[i]), targets: someOf(part.targets, sample, y[i]) }))),
        logProbX: all(x, ({ logProbX }) => logProbX),
        weightedLogProbX: all(x, ({ weightedLogProbX }) => weightedLogProbX),
        logProbY: all(y, ({ logProbY }) => logProbY),
      };
    }
  }

  destroy(): void {
    for (const sampler of this.samplers) sampler.destroy();
  }
}

/** The i-th of `count` places among S draws that are as far apart as may be. */
function spread(i: number, draws: number, count: number): number {
  return Math.floor(((i + 0.5) * draws) / count);
}

/** Draws of each row as far apart as may be, so that each of several networks has its share: [rows, S, ...] -> [rows, count, ...] */
function someDraws(values: Float32Array, { rows, draws }: Pick<RowDraws, "rows" | "draws">, count: number): Float32Array {
  if (count === draws) return values;
  const width = values.length / (rows * draws);
  const result = new Float32Array(rows * count * width);
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < count; i++) {
      const from = r * draws + spread(i, draws, count);
      result.set(values.subarray(from * width, (from + 1) * width), (r * count + i) * width);
    }
  }
  return result;
}

function someOf(columns: PartColumns, { rows, draws }: Pick<RowDraws, "rows" | "draws">, count: number): PartColumns {
  return { ...columns, draws: count, theta: someDraws(columns.theta, { rows, draws }, count) };
}

/** [rows, S, ...], [rows, T, ...] and so on -> [rows, S + T + ..., ...] */
function interleaved(arrays: readonly Float32Array[], rows: number): Float32Array {
  const widths = arrays.map((array) => array.length / rows);
  const width = widths.reduce((a, b) => a + b, 0);
  const result = new Float32Array(rows * width);
  let start = 0;
  arrays.forEach((array, i) => {
    for (let r = 0; r < rows; r++) result.set(array.subarray(r * widths[i], (r + 1) * widths[i]), r * width + start);
    start += widths[i];
  });
  return result;
}

/** Joint draws of several sessions for the same rows. What is asked of the targets alone is answered with the targets' own weights. */
export class MixtureSession implements OpenSession {
  private join: { inputs: readonly unknown[]; program: Program<"x" | "y"> } | undefined;

  constructor(
    private readonly gpu: Gpu,
    private readonly sessions: readonly OpenSession[],
    private readonly targets: ColumnSet,
    private readonly features: number,
    /** How many of each session's draws are among the joint ones. */
    private readonly counts: readonly number[],
    /** Of the targets. */
    private readonly weights: readonly number[],
  ) {}

  async draw(known: KnownRows, key: Key, { warm, joint }: DrawOptions = {}): Promise<SessionDraws> {
    const own: SessionDraws[] = [];
    for (const [part, session] of this.sessions.entries()) own.push(await session.draw(known, partKey(key, part), part === 0 ? { warm, joint } : { joint }));
    const program = await this.joined(own);
    submit(this.gpu, [program]);
    const { rows } = known;
    const { weights, counts } = this;
    const draws = counts.reduce((a, b) => a + b, 0);
    const told = own.every((one) => one.toldMasses);
    return sessionDraws({ rows, draws, features: this.features }, this.targets, key, {
      ...program.outputs,
      effective: own[0].effective,
      targetParts: async () => this.weighted(await inTurn(own, (one) => one.targetParts()), rows),
      // log sum_m w_m / S_m sum over m's S_m draws of p, as the mean over all draws
      targetLogProb: async (truth) => {
        const logProbs = await inTurn(own, (one) => one.targetLogProb(truth));
        const all = logProbs.reduce((total, { length }) => total + length, 0);
        return interleaved(logProbs.map((values, part) => values.map((value) => value + Math.log((weights[part] * all) / values.length))), rows);
      },
      ...(told && {
        // sum_m w_m P_m(y | x_O, x_i)
        toldMasses: async (question) => {
          const masses = await inTurn(own, async (one, part) => (weights[part] > 0 ? one.toldMasses!(question) : undefined));
          const total = new Float64Array(masses.find((one) => one)!.length);
          masses.forEach((one, part) => one?.forEach((mass, i) => (total[i] += weights[part] * mass)));
          return total;
        },
      }),
    });
  }

  /** As many draws of each part as stand in the targets' proportion. */
  private weighted(parts: readonly (readonly DrawsPart[])[], rows: number): DrawsPart[] {
    const available = parts.map((own) => own.reduce((total, part) => total + part.targets.draws, 0));
    const most = Math.min(...this.weights.map((weight, part) => (weight > 0 ? available[part] / weight : Infinity)));
    return parts.flatMap((own, i) => (this.weights[i] === 0 ? [] : own.map((part) => ({ ...part, targets: someOf(part.targets, { rows, draws: part.targets.draws }, Math.min(part.targets.draws, Math.max(1, Math.round(most * this.weights[i])))) }))));
  }

  /** The draws of a row side by side; compiled once, for the sessions' own tensors stay the same. */
  private async joined(own: readonly SessionDraws[]): Promise<Program<"x" | "y">> {
    const inputs = own.flatMap(({ x, y }) => [x, y]);
    if (this.join?.inputs.every((tensor, i) => tensor === inputs[i])) return this.join.program;
    this.join?.program.destroy();
    const tape = new Tape();
    const all = (name: "x" | "y") =>
      concat(
        own.flatMap((one, part) => {
          const width = one[name].size / (one.rows * one.draws);
          const count = this.counts[part];
          if (count === 0) return [];
          const drawn = tape.read(one[name]);
          if (count === one.draws) return [reshape(drawn, [one.rows, count, width])];
          // as far apart as may be, so that each of several networks has its share
          const index = deviceTensor(this.gpu, [one.rows * count], Uint32Array.from({ length: one.rows * count }, (_, i) => Math.floor(i / count) * one.draws + spread(i % count, one.draws, count)), { dtype: "u32" });
          return [reshape(gather(reshape(drawn, [one.rows * one.draws, width]), tape.read(index)), [one.rows, count, width])];
        }),
        1,
      );
    const program = await compile(this.gpu, { x: all("x"), y: all("y") });
    this.join = { inputs, program };
    return program;
  }

  destroy(): void {
    this.join?.program.destroy();
    for (const session of this.sessions) session.destroy();
  }
}

/** One after another: they share a device's arrays. */
async function inTurn<T, R>(items: readonly T[], of: (item: T, i: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const [i, item] of items.entries()) results.push(await of(item, i));
  return results;
}
