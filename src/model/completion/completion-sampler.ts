import { broadcastTo, compile, concat, deviceTensor, foldIn, randomNormal, reshape, slice, Tape, type DeviceTensor, type Program, type Tensor } from "../../autodiff/index.ts";
import { submit } from "../../gpu/dispatch.ts";
import { foldIn as foldKey, type Key } from "../../math/key.ts";
import { perChain } from "../latent/density.ts";
import { sideBySide, type KnownEntries } from "../posterior/in-turn.ts";
import { reparameterise } from "../latent/gaussian.ts";
import { drawsAtOnce } from "../posterior/chains-at-once.ts";
import type { PosteriorRows, RowDraws, RowSampler, SamplingInfo } from "../answers/row-draws.ts";
import type { CompletionMember, CompletionNetwork } from "./completion-network.ts";

type Decoded = "thetaX" | "logProbX" | "weightedLogProbX" | "thetaY" | "logProbY";

/** Draws z ~ q(z | x_O) of many rows and what they say of the hidden entries, y hidden or what is known of it; of entries that are seen they say nothing: NaN. */
export class CompletionSampler implements RowSampler {
  private constructor(
    private readonly network: CompletionNetwork,
    private readonly sizes: { rows: number; draws: number },
    private readonly inputs: Record<"x" | "observed" | "truthX" | "truthY" | "key", DeviceTensor> & Partial<Record<"y" | "observedY", DeviceTensor>>,
    private readonly program: Program,
  ) {}

  /** rows: as many as are asked for at once, at most. givenTargets: targets that are known are seen too. */
  static async create(network: CompletionNetwork, options: { rows: number; draws: number; givenTargets?: boolean }): Promise<CompletionSampler> {
    const { gpu, shape } = network;
    const [d, p] = [shape.features, shape.columns.length - shape.features];
    const rows = Math.max(1, Math.min(options.rows, Math.floor(drawsAtOnce / options.draws)));
    const array = (width: number): DeviceTensor => deviceTensor(gpu, [rows, Math.max(1, width)]);
    const targets = options.givenTargets && p > 0 ? { y: array(p), observedY: array(p) } : {};
    const inputs = { x: array(d), observed: array(d), truthX: array(d), truthY: array(p), key: deviceTensor(gpu, [2], undefined, { dtype: "u32" }), ...targets };
    const tape = new Tape();
    const theta = recordCompletion(tape, network, inputs, { rows, draws: options.draws });
    const truth = perChain(p > 0 ? concat([tape.read(inputs.truthX), tape.read(inputs.truthY)], 1) : tape.read(inputs.truthX), options.draws);
    const logProb = network.likelihood.logProb(theta, truth);
    const weighted = network.likelihood.logProb(theta, truth, { weighted: true });
    const outputs: Partial<Record<Decoded, Tensor>> = { thetaX: slice(theta, 1, 0, d), logProbX: slice(logProb, 1, 0, d), weightedLogProbX: slice(weighted, 1, 0, d) };
    if (p > 0) Object.assign(outputs, { thetaY: slice(theta, 1, d, d + p), logProbY: slice(logProb, 1, d, d + p) });
    const program = await compile(gpu, outputs as Record<string, Tensor>);
    return new CompletionSampler(network, { rows, draws: options.draws }, inputs, program);
  }

  async *sample(table: PosteriorRows, key: Key, signal?: AbortSignal): AsyncGenerator<RowDraws & SamplingInfo> {
    const { rows, draws } = this.sizes;
    const { columns, features: d } = this.network.shape;
    const p = columns.length - d;
    for (let first = 0; first < table.rows; first += rows) {
      signal?.throwIfAborted();
      const count = Math.min(rows, table.rows - first);
      const load = (target: DeviceTensor, source: ArrayLike<number>, width: number): void => {
        const chunk = new Float32Array(target.size);
        for (let i = 0; i < count * width; i++) chunk[i] = source[first * width + i];
        target.write(chunk);
      };
      load(this.inputs.x, table.x, d);
      load(this.inputs.observed, table.observed, d);
      load(this.inputs.truthX, table.truthX, d);
      if (p > 0) load(this.inputs.truthY, table.truthY, p);
      if (this.inputs.y) {
        const none = new Float32Array(table.rows * p);
        load(this.inputs.y, table.y ?? none, p);
        load(this.inputs.observedY!, table.observedY ?? none, p);
      }
      this.inputs.key.write(foldKey(key, (table.before ?? 0) + first));
      submit(this.network.gpu, [this.program]);
      const outputs = this.program.outputs as Partial<Record<Decoded, DeviceTensor>>;
      const take = async (tensor: DeviceTensor | undefined): Promise<Float32Array> => {
        const all = (await tensor?.read()) ?? new Float32Array(0);
        return all.subarray(0, (all.length / rows) * count);
      };
      const silent = (values: Float32Array): Float32Array => values.map((value, i) => (Number(table.observed[(first + Math.floor(i / (draws * d))) * d + (i % d)]) === 1 ? Number.NaN : value));
      const part = {
        features: { draws, mixed: columns.slice(0, d), variance: 1, theta: await take(outputs.thetaX) },
        targets: { draws, mixed: columns.slice(d), variance: 1, theta: await take(outputs.thetaY) },
      };
      yield {
        firstRow: first, rows: count, draws, parts: [part], acceptance: Number.NaN, divergences: 0,
        logProbX: silent(await take(outputs.logProbX)), weightedLogProbX: silent(await take(outputs.weightedLogProbX)), logProbY: await take(outputs.logProbY),
      };
    }
  }

  destroy(): void {
    this.program.destroy();
    for (const tensor of Object.values(this.inputs)) tensor.destroy();
  }
}

/** Rows to complete, and the key of their draws. */
export interface CompletionInputs extends KnownEntries {
  key: DeviceTensor;
}

/** How many of S draws each member gives: as evenly as may be; with fewer draws than members the last ones give none. */
export function memberDraws({ members }: CompletionNetwork, draws: number): number[] {
  return members.map((_, m) => Math.floor((draws + members.length - 1 - m) / members.length));
}

/** Likelihood parameters of all columns at each of S draws of z per row, the members' draws side by side: [rows S, C, params]. */
export function recordCompletion(tape: Tape, network: CompletionNetwork, inputs: CompletionInputs, { rows, draws }: { rows: number; draws: number }): Tensor {
  const { x, observed } = sideBySide(tape, inputs, { rows, targets: network.shape.columns.length - network.shape.features });
  const known = network.known(x, observed);
  return eachMember(network, { rows, draws }, (member, own, m) => {
    const q = member.encoder(known);
    const each = (t: Tensor): Tensor => reshape(broadcastTo(reshape(t, [rows, 1, q.mean.shape[1]]), [rows, own, q.mean.shape[1]]), [rows * own, q.mean.shape[1]]);
    const z = reparameterise({ mean: each(q.mean), logVar: each(q.logVar) }, randomNormal(foldIn(tape.read(inputs.key), 1 + m), [rows * own, q.mean.shape[1]]));
    return member.decoder(z, known);
  });
}

/** What each member says at its own of S draws of each row, side by side: of(member, draws of a row) [rows own, C, params] -> [rows S, C, params]. */
export function eachMember(network: CompletionNetwork, { rows, draws }: { rows: number; draws: number }, of: (member: CompletionMember, own: number, m: number) => Tensor): Tensor {
  const counts = memberDraws(network, draws);
  const thetas = network.members.flatMap((member, m) => (counts[m] === 0 ? [] : [of(member, counts[m], m)]));
  if (thetas.length === 1) return thetas[0];
  const [, columns, params] = thetas[0].shape;
  const ofRow = thetas.map((theta) => reshape(theta, [rows, theta.shape[0] / rows, columns, params]));
  return reshape(concat(ofRow, 1), [rows * draws, columns, params]);
}
