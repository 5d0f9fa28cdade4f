import { compile, concat, reshape, Tape, type Program } from "../autodiff/index.ts";
import { submit } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/device.ts";
import { foldIn as foldKey, type Key } from "../math/key.ts";
import type { KnownRows } from "./conditional.ts";
import type { ColumnSet } from "./evaluate.ts";
import type { PosteriorRows, RowDraws, RowSampler, SamplingInfo } from "./row-draws.ts";
import { sessionDraws, type OpenSession, type SessionDraws } from "./session-draws.ts";

/** Tag of the key of the second part of a mixture. */
const secondKey = 11;

/** How many of S draws come from the second of two parts with this weight: at least one of each. */
export function drawsOfSecond(draws: number, weight: number): number {
  return Math.min(draws - 1, Math.max(1, Math.round(weight * draws)));
}

/** Draws of two samplers that answer the same rows, the same number of rows at a time, one after the other. */
export class MixtureSampler implements RowSampler {
  constructor(
    private readonly first: RowSampler,
    private readonly second: RowSampler,
  ) {}

  async *sample(table: PosteriorRows, key: Key, signal?: AbortSignal): AsyncGenerator<RowDraws & SamplingInfo> {
    const others = this.second.sample(table, foldKey(key, secondKey), signal);
    for await (const a of this.first.sample(table, key, signal)) {
      const { value: b } = (await others.next()) as { value: (RowDraws & SamplingInfo) | undefined };
      if (b?.firstRow !== a.firstRow || b.rows !== a.rows) throw new Error(`[mixture] the parts answer other rows: ${a.firstRow} to ${a.firstRow + a.rows}, and ${b?.firstRow} on.`);
      const both = (pick: (draws: RowDraws) => Float32Array): Float32Array => interleaved(pick(a), pick(b), a.rows);
      yield {
        ...a, // acceptance and divergences are the chain's
        draws: a.draws + b.draws,
        parts: [...a.parts, ...b.parts],
        logProbX: both(({ logProbX }) => logProbX),
        weightedLogProbX: both(({ weightedLogProbX }) => weightedLogProbX),
        logProbY: both(({ logProbY }) => logProbY),
      };
    }
  }

  destroy(): void {
    this.first.destroy();
    this.second.destroy();
  }
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

/** Joint draws of two sessions for the same rows. */
export class MixtureSession implements OpenSession {
  private join: { inputs: readonly unknown[]; program: Program<"x" | "y"> } | undefined;

  constructor(
    private readonly gpu: Gpu,
    private readonly parts: readonly [OpenSession, OpenSession],
    private readonly targets: ColumnSet,
    private readonly features: number,
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
      targetParts: async () => [...(await a.targetParts()), ...(await b.targetParts())],
      targetLogProb: async (truth) => interleaved(await a.targetLogProb(truth), await b.targetLogProb(truth), rows),
    });
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
