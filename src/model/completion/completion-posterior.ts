import { compile, deviceTensor, reshape, slice, sum, Tape, type DeviceTensor, type Program } from "../../autodiff/index.ts";
import { submit } from "../../gpu/dispatch.ts";
import { foldIn as foldKey, type Key } from "../../math/key.ts";
import { MixedLikelihood } from "../../likelihood/mixed.ts";
import type { DrawOptions, KnownRows, ToldQuestion } from "../answers/conditional.ts";
import type { ColumnSet } from "../answers/column-set.ts";
import { toldMasses, type ToldModel } from "../answers/told-answers.ts";
import { perChain } from "../latent/density.ts";
import type { DeviceDraws } from "../posterior/device-draws.ts";
import type { EntryDraws, SamplingInfo } from "../posterior/entry-draws.ts";
import { DrawInTurn, hiddenOf, writeKnown } from "../posterior/in-turn.ts";
import { posteriorDraws, targetPart, type PosteriorDraws } from "../posterior/joint-draws.ts";
import { checkRows, type EntriesRequest, type Posterior, type PosteriorSizes } from "../posterior/posterior.ts";
import { recordDraws, recordEntries, recordTurn, type CompletionInputs } from "./completion-draws.ts";
import type { CompletionNetwork } from "./completion-network.ts";
import { toldCompletion } from "./told-completion.ts";
import { toldByLooking } from "./told-looking.ts";

type Inputs = CompletionInputs & Record<"truthX" | "truthY", DeviceTensor>;

/** Draws z ~ q(z | x_O) of completion networks and what they say of the hidden entries, y hidden or what is known of it. Always drawn anew: it takes no chain. */
export class CompletionPosterior implements Posterior {
  private readonly inputs: Inputs;
  /** Compiled when first asked for. */
  private readonly heads: { entries?: Program; draws?: Program; score?: Program<"logProbY">; inTurn?: DrawInTurn; told?: ToldModel } = {};

  /** targets: their columns. */
  constructor(
    private readonly network: CompletionNetwork,
    private readonly targets: ColumnSet,
    readonly sizes: PosteriorSizes,
  ) {
    const { gpu, shape } = network;
    const { rows, givenTargets } = sizes;
    const [d, p] = [shape.features, shape.columns.length - shape.features];
    const array = (width: number): DeviceTensor => deviceTensor(gpu, [rows, Math.max(1, width)]);
    this.inputs = {
      x: array(d), observed: array(d), truthX: array(d), truthY: array(p), key: deviceTensor(gpu, [2], undefined, { dtype: "u32" }),
      ...(givenTargets && p > 0 && { y: array(p), observedY: array(p) }),
    };
  }

  /** Of entries that are seen they say nothing: NaN. */
  async entries(request: EntriesRequest): Promise<EntryDraws & SamplingInfo> {
    const { known, count } = request;
    const { rows, draws } = this.sizes;
    const { columns, features: d } = this.network.shape;
    const outputs = await this.submitEntries(request);
    const take = async (tensor: DeviceTensor | undefined): Promise<Float32Array> => {
      const all = (await tensor?.read()) ?? new Float32Array(0);
      return all.subarray(0, (all.length / rows) * count);
    };
    const silent = (values: Float32Array): Float32Array => values.map((value, i) => (known.observed[Math.floor(i / (draws * d)) * d + (i % d)] === 1 ? Number.NaN : value));
    const part = {
      features: { draws, mixed: columns.slice(0, d), variance: 1, theta: await take(outputs.thetaX) },
      targets: { draws, mixed: columns.slice(d), variance: 1, theta: await take(outputs.thetaY) },
    };
    return {
      rows: count, draws, parts: [part], acceptance: Number.NaN, divergences: 0,
      logProbX: silent(await take(outputs.logProbX)), weightedLogProbX: silent(await take(outputs.weightedLogProbX)), logProbY: await take(outputs.logProbY),
    };
  }

  async entriesOnDevice(request: EntriesRequest): Promise<DeviceDraws> {
    const { draws } = this.sizes;
    const { columns, features: d } = this.network.shape;
    const { thetaX, thetaY, logProbX, weightedLogProbX, logProbY } = (await this.submitEntries(request)) as Record<string, DeviceTensor>;
    const each = { made: draws, draws, variance: 1 };
    const part = {
      features: { ...each, mixed: columns.slice(0, d), theta: thetaX, logProb: logProbX, weightedLogProb: weightedLogProbX },
      ...(thetaY && { targets: { ...each, mixed: columns.slice(d), theta: thetaY, logProb: logProbY, weightedLogProb: logProbY } }),
      silent: true,
    };
    return { parts: [part] };
  }

  /** What the draws say, being computed. */
  private async submitEntries({ known, truth, key, place }: EntriesRequest): Promise<Partial<Record<string, DeviceTensor>>> {
    const { network, inputs, heads } = this;
    writeKnown(inputs, known);
    inputs.key.write(foldKey(key, place));
    inputs.truthX.write(truth.x);
    if (network.shape.columns.length > network.shape.features) inputs.truthY.write(truth.y);
    heads.entries ??= await compile(network.gpu, recordEntries(network, inputs, this.sizes));
    submit(network.gpu, [heads.entries]);
    return heads.entries.outputs;
  }

  async draw(known: KnownRows, key: Key, { joint = true }: DrawOptions = {}): Promise<PosteriorDraws> {
    checkRows(this.sizes, known);
    const { network, inputs, heads } = this;
    const { gpu, shape } = network;
    const { rows, draws } = this.sizes;
    const p = shape.columns.length - shape.features;
    writeKnown(inputs, known);
    inputs.key.write(key);
    heads.draws ??= await compile(gpu, recordDraws(network, inputs, this.sizes));
    submit(gpu, [heads.draws]);
    const { thetaY, ...single } = heads.draws.outputs as Record<"x" | "y" | "thetaY", DeviceTensor>;
    const apart = joint ? await this.drawInTurn(known, foldKey(key, 1)) : single;
    const seen = { rows, x: known.x.slice(), observed: known.observed.slice() };
    return posteriorDraws({ rows, draws, features: shape.features }, this.targets, key, {
      ...apart,
      effective: new Float64Array(rows).fill(Number.NaN),
      targetParts: async () => [targetPart(draws, shape.columns.slice(shape.features), 1, await thetaY.read())],
      targetLogProb: async (truth) => {
        heads.score ??= await compileScore(network, inputs.truthY, thetaY, this.sizes);
        inputs.truthY.write(truth);
        submit(gpu, [heads.score]);
        return heads.score.outputs.logProbY.read();
      },
      ...(p > 0 && {
        toldMasses: async (question: ToldQuestion) => {
          heads.told ??= await (shape.rows ? toldByLooking : toldCompletion)(network, rows, question.values.length);
          return toldMasses(heads.told, question, seen, key);
        },
      }),
    });
  }

  /** Draws whose entries belong together, one entry after another. */
  private async drawInTurn(known: KnownRows, key: Key): Promise<Record<"x" | "y", DeviceTensor>> {
    const { network, inputs, sizes } = this;
    const { features, columns } = network.shape;
    const targets = columns.length - features;
    this.heads.inTurn ??= await DrawInTurn.create(network.gpu, { ...sizes, features, targets, known: inputs, sample: (x, seen, turnKey) => recordTurn(network, x, seen, turnKey, sizes) });
    return this.heads.inTurn.draw(key, hiddenOf(inputs, known, targets));
  }

  destroy(): void {
    for (const own of [...Object.values(this.heads), ...Object.values(this.inputs)]) own?.destroy();
  }
}

/** log p of given targets at each draw, summed over them. */
function compileScore({ gpu, shape }: CompletionNetwork, truth: DeviceTensor, theta: DeviceTensor, { rows, draws }: PosteriorSizes): Promise<Program<"logProbY">> {
  const likelihood = new MixedLikelihood(gpu, shape.columns.slice(shape.features), 1);
  const tape = new Tape();
  const own = reshape(slice(tape.read(theta), -1, 0, likelihood.params), [rows * draws, likelihood.columns.length, likelihood.params]);
  return compile(gpu, { logProbY: sum(likelihood.logProb(own, perChain(tape.read(truth), draws)), 1) });
}
