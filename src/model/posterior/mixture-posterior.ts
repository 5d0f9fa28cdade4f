import { compile, concat, deviceTensor, gather, reshape, Tape, type Program } from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { submit } from "../../gpu/dispatch.ts";
import { foldIn as foldKey, type Key } from "../../math/key.ts";
import type { DrawOptions, KnownRows } from "../answers/conditional.ts";
import type { ColumnSet } from "../answers/column-set.ts";
import { spread, type DeviceDraws } from "./device-draws.ts";
import type { DrawsPart, EntryDraws, PartColumns, SamplingInfo } from "./entry-draws.ts";
import { posteriorDraws, type PosteriorDraws } from "./joint-draws.ts";
import { checkRows, type EntriesRequest, type Posterior, type PosteriorSizes } from "./posterior.ts";
import { drawCounts, type Shares } from "./shares.ts";

/** The key of each posterior of a mixture: the first has the mixture's own. */
function partKey(key: Key, part: number): Key {
  return part === 0 ? key : foldKey(key, 10 + part);
}

/**
 * Several posteriors of the same rows, each with its share of the draws. Features and targets have shares of their own: where one of them needs fewer draws than a posterior makes, some of them
 * answer, and what is asked of the targets alone is answered with the targets' weights.
 */
export class MixturePosterior implements Posterior {
  private join: { inputs: readonly unknown[]; program: Program<"x" | "y"> } | undefined;
  /** How many of each posterior's draws are among those of the features. */
  private readonly counts: readonly number[];

  /** posteriors: open for the same rows, each for as many draws as features or targets need of it at least; targets: their columns; features: how many. */
  constructor(
    private readonly gpu: Gpu,
    private readonly posteriors: readonly Posterior[],
    private readonly targets: ColumnSet,
    private readonly features: number,
    private readonly weights: readonly Shares[],
    readonly sizes: PosteriorSizes,
  ) {
    this.counts = drawCounts(sizes.draws, weights.map((own) => own.features));
  }

  async entries(request: EntriesRequest): Promise<EntryDraws & SamplingInfo> {
    const { counts: x, weights } = this;
    const { draws } = this.sizes;
    const y = drawCounts(draws, weights.map((own) => own.targets));
    const samples = await inTurn(this.posteriors, (posterior, part) => posterior.entries({ ...request, key: partKey(request.key, part) }));
    const { rows, acceptance, divergences, effective } = samples[0];
    const all = (counts: readonly number[], pick: (draws: EntryDraws) => Float32Array): Float32Array => interleaved(samples.map((sample, part) => someDraws(pick(sample), sample, counts[part])), rows);
    return {
      // acceptance and divergences are the chain's
      rows, draws, acceptance, divergences, ...(effective !== undefined && { effective }),
      parts: samples.flatMap((sample, i) => sample.parts.map((part) => ({ ...part, features: someOf(part.features, sample, x[i]), targets: someOf(part.targets, sample, y[i]) }))),
      logProbX: all(x, ({ logProbX }) => logProbX),
      weightedLogProbX: all(x, ({ weightedLogProbX }) => weightedLogProbX),
      logProbY: all(y, ({ logProbY }) => logProbY),
    };
  }

  get entriesOnDevice(): Posterior["entriesOnDevice"] {
    return this.posteriors.every(({ entriesOnDevice }) => entriesOnDevice) ? (request) => this.leaveEntries(request) : undefined;
  }

  private async leaveEntries(request: EntriesRequest): Promise<DeviceDraws> {
    const y = drawCounts(this.sizes.draws, this.weights.map((own) => own.targets));
    const samples = await inTurn(this.posteriors, (posterior, part) => posterior.entriesOnDevice!({ ...request, key: partKey(request.key, part) }));
    const parts = samples.flatMap((sample, i) => sample.parts.map((part) => ({ ...part, features: { ...part.features, draws: this.counts[i] }, ...(part.targets && { targets: { ...part.targets, draws: y[i] } }) })));
    const [{ chain, effective }] = samples;
    // acceptance and divergences are the chain's
    return { parts, ...(chain && { chain }), ...(effective !== undefined && { effective }) };
  }

  async draw(known: KnownRows, key: Key, { warm, joint }: DrawOptions = {}): Promise<PosteriorDraws> {
    checkRows(this.sizes, known);
    const own = await inTurn(this.posteriors, (posterior, part) => posterior.draw(known, partKey(key, part), part === 0 ? { warm, joint } : { joint }));
    const program = await this.joined(own);
    submit(this.gpu, [program]);
    const { rows, draws } = this.sizes;
    const weights = this.weights.map(({ targets }) => targets);
    const told = own.every((one) => one.toldMasses);
    return posteriorDraws({ rows, draws, features: this.features }, this.targets, key, {
      ...program.outputs,
      effective: own[0].effective,
      targetParts: async () => targetsInShares(await inTurn(own, (one) => one.targetParts()), weights, rows),
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

  /** The draws of a row side by side; compiled once, for the posteriors' own tensors stay the same. */
  private async joined(own: readonly PosteriorDraws[]): Promise<Program<"x" | "y">> {
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
    for (const posterior of this.posteriors) posterior.destroy();
  }
}

/** As many draws of each posterior as stand in the targets' proportion. */
function targetsInShares(parts: readonly (readonly DrawsPart[])[], weights: readonly number[], rows: number): DrawsPart[] {
  const available = parts.map((own) => own.reduce((total, part) => total + part.targets.draws, 0));
  const most = Math.min(...weights.map((weight, part) => (weight > 0 ? available[part] / weight : Infinity)));
  const count = (weight: number, { targets }: DrawsPart): number => Math.min(targets.draws, Math.max(1, Math.round(most * weight)));
  return parts.flatMap((own, i) => (weights[i] === 0 ? [] : own.map((part) => ({ ...part, targets: someOf(part.targets, { rows, draws: part.targets.draws }, count(weights[i], part)) }))));
}

/** One after another: they share a device's arrays. */
async function inTurn<T, R>(items: readonly T[], of: (item: T, i: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const [i, item] of items.entries()) results.push(await of(item, i));
  return results;
}

/** Draws of each row as far apart as may be, so that each of several networks has its share: [rows, S, ...] -> [rows, count, ...] */
function someDraws(values: Float32Array, { rows, draws }: Pick<EntryDraws, "rows" | "draws">, count: number): Float32Array {
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

function someOf(columns: PartColumns, { rows, draws }: Pick<EntryDraws, "rows" | "draws">, count: number): PartColumns {
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
