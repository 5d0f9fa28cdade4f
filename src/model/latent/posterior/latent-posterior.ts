import { compile, deviceTensor, type DeviceTensor, type Program } from "../../../autodiff/index.ts";
import { submit } from "../../../gpu/dispatch.ts";
import { foldIn as foldKey, type Key } from "../../../math/key.ts";
import type { DrawOptions, KnownRows, ToldQuestion } from "../../answers/conditional.ts";
import type { ColumnSet } from "../../answers/column-set.ts";
import { toldMasses, type ToldModel } from "../../answers/told-answers.ts";
import { chainsAtOnce } from "../../posterior/chains-at-once.ts";
import type { DeviceDraws } from "../../posterior/device-draws.ts";
import type { EntryDraws, SamplingInfo } from "../../posterior/entry-draws.ts";
import { hiddenOf, writeKnown, type DrawInTurn } from "../../posterior/in-turn.ts";
import { posteriorDraws, targetPart, type PosteriorDraws } from "../../posterior/joint-draws.ts";
import { checkRows, type EntriesRequest, type Posterior, type PosteriorSizes } from "../../posterior/posterior.ts";
import { fusedFits } from "../fused-spec.ts";
import type { LatentNetworks } from "../networks.ts";
import { acceptance, conditionalChain, type ConditionalChain } from "./conditional-chain.ts";
import { recordDraws, recordEntries, recordScore, type DrawnEntries, type LatentInputs } from "./decoding.ts";
import { ImportanceSampling, usualSampler, type Sampler } from "./importance.ts";
import { drawnInTurn, openInTurn } from "./latent-in-turn.ts";
import { recordEncodedStart } from "./posterior-start.ts";
import { toldLatent } from "./told-latent.ts";
import { WarmStart } from "./warm-start.ts";

/** Tags of keys derived from the key of joint draws, and from that of a row's entries. */
const tags = { cells: 1, resampling: 2, turns: 3, told: 4 } as const;
const laterDraws = 3;

/** What makes draws of the latents. */
interface Latents {
  prepare: Program<"start" | "z" | "mean" | "standardDeviation" | "chainKey">;
  chain?: ConditionalChain;
  importance?: ImportanceSampling;
  /** The draws. */
  eps: DeviceTensor;
}

/** p(eps | x_O) of the latent variable model, or p(eps | x_O, y_O), and what follows for the entries; y hidden unless it is given. */
export class LatentPosterior implements Posterior {
  /** Compiled when first asked for. */
  private readonly heads: { entries?: Program; draws?: Program; score?: Program<"logProbY">; inTurn?: DrawInTurn; warm?: WarmStart; told?: ToldModel } = {};
  private before: KnownRows | undefined;

  private constructor(
    private readonly networks: LatentNetworks,
    readonly sizes: PosteriorSizes,
    /** Draws of a row that are made at once. */
    private readonly atOnce: number,
    private readonly columns: ColumnSet,
    private readonly inputs: LatentInputs,
    private readonly latents: Latents,
  ) {}

  /** targets: their columns, for the summaries of joint draws; drawsAtOnce: more draws of a row come a part at a time, default: all at once. Throws RangeError for a sampler that the model has no use for. */
  static async open(networks: LatentNetworks, targets: ColumnSet, { sampler = usualSampler(networks), drawsAtOnce = Infinity, ...sizes }: PosteriorSizes & { sampler?: Sampler; drawsAtOnce?: number }): Promise<LatentPosterior> {
    const { gpu, shape } = networks;
    if (sampler === "hmc" && shape.config.inference !== "hmc") throw new RangeError(`[sampler] the model ${shape.config.preset} was trained without HMC and has no step sizes; draw from the encoder, or by importance.`);
    const { rows } = sizes;
    const draws = Math.min(sizes.draws, drawsAtOnce);
    const [d, p] = [shape.features.length, shape.targets.length];
    const array = (width: number): DeviceTensor => deviceTensor(gpu, [rows, width]);
    const word = (): DeviceTensor => deviceTensor(gpu, [2], undefined, { dtype: "u32" });
    const inputs: LatentInputs = {
      x: array(d), observed: array(d), truthX: array(d), truthY: array(Math.max(1, p)), key: word(), codesKey: word(), cellsKey: word(),
      ...(sizes.givenTargets && p > 0 && { y: array(p), observedY: array(p) }),
    };
    const prepare = await compile(gpu, recordEncodedStart(networks, inputs, { rows, draws, inflated: sampler === "hmc" }));
    const { start, z, chainKey } = prepare.outputs;
    const { x, observed, y, observedY } = inputs;
    const chain = sampler === "hmc" ? await conditionalChain(networks, { x, observed, y, observedY, z }, { rows, chainsPerRow: draws, key: chainKey, start }) : undefined;
    const importance = sampler === "importance" ? await ImportanceSampling.create(networks, { ...inputs, ...prepare.outputs }, { rows, draws }) : undefined;
    return new LatentPosterior(networks, sizes, draws, targets, inputs, { prepare, chain, importance, eps: chain?.hmc.position ?? importance?.eps ?? start });
  }

  /** Opened for the entries of tables: at most so many rows, and so many draws of a row at once, as the device has room for. */
  static openEntries(networks: LatentNetworks, sizes: PosteriorSizes & { sampler?: Sampler }): Promise<LatentPosterior> {
    const atOnce = chainsAtOnce(networks.gpu, networks.shape);
    const rows = Math.max(1, Math.min(sizes.rows, Math.floor(atOnce / Math.min(sizes.draws, atOnce))));
    return LatentPosterior.open(networks, { columns: [], mixed: [] }, { ...sizes, rows, drawsAtOnce: atOnce });
  }

  async entries(request: EntriesRequest): Promise<EntryDraws & SamplingInfo> {
    const { networks, atOnce } = this;
    const { shape, features, targets } = networks;
    const { draws } = this.sizes;
    const { count, key, place, signal } = request;
    const head = await this.writeEntries(request);
    const rowKey = foldKey(key, place);
    const parts: (EntryArrays & SamplingInfo)[] = [];
    for (let drawn = 0; drawn < draws; drawn += atOnce) {
      signal?.throwIfAborted();
      const own = Math.min(atOnce, draws - drawn);
      // the codes of a row are the same for all its draws
      const shares = (await this.condition(drawn === 0 ? rowKey : foldKey(foldKey(rowKey, laterDraws), drawn), rowKey))?.subarray(0, count);
      submit(networks.gpu, [head]);
      parts.push({ ...(await this.readEntries(head, count * own)), ...(shares && { effective: shares.reduce((a, b) => a + b) / count }) });
    }
    const { eps, thetaX, thetaY, logProbX, weightedLogProbX, logProbY, ...info } = joined(parts);
    const part = {
      eps,
      features: { draws, mixed: shape.features, variance: features.variance, theta: thetaX },
      targets: { draws, mixed: shape.targets, variance: targets.variance, theta: thetaY },
    };
    return { rows: count, draws, parts: [part], logProbX, weightedLogProbX, logProbY, ...info };
  }

  get entriesOnDevice(): Posterior["entriesOnDevice"] {
    return this.sizes.draws > this.atOnce ? undefined : (request) => this.leaveEntries(request);
  }

  private async leaveEntries(request: EntriesRequest): Promise<DeviceDraws> {
    const { networks, latents: { chain } } = this;
    const { shape, features, targets } = networks;
    const { rows, draws } = this.sizes;
    const head = await this.writeEntries(request);
    const key = foldKey(request.key, request.place);
    const shares = (await this.condition(key, key))?.subarray(0, request.count);
    submit(networks.gpu, [head]);
    const { thetaX, thetaY, logProbX, weightedLogProbX, logProbY } = head.outputs as Record<string, DeviceTensor>;
    const each = { made: draws, draws };
    const part = {
      features: { ...each, mixed: shape.features, variance: features.variance, theta: thetaX, logProb: logProbX, weightedLogProb: weightedLogProbX },
      ...(thetaY && { targets: { ...each, mixed: shape.targets, variance: targets.variance, theta: thetaY, logProb: logProbY, weightedLogProb: logProbY } }),
      silent: false,
    };
    return { parts: [part], ...(chain && { chain: { statistics: chain.hmc.statistics, chains: rows * draws } }), ...(shares && { effective: shares.reduce((a, b) => a + b) / request.count }) };
  }

  /** Loads rows and what is scored; the program that decodes the draws. */
  private async writeEntries({ known, truth }: EntriesRequest): Promise<Program> {
    const { networks, inputs, heads } = this;
    writeKnown(inputs, known);
    inputs.truthX.write(truth.x);
    if (networks.shape.targets.length > 0) inputs.truthY.write(truth.y);
    heads.entries ??= await compile(networks.gpu, recordEntries(networks, inputs, this.latents.eps, this.atOnce));
    return heads.entries;
  }

  async draw(known: KnownRows, key: Key, { warm = false, joint = true }: DrawOptions = {}): Promise<PosteriorDraws> {
    checkRows(this.sizes, known);
    const { networks, inputs, heads, sizes } = this;
    const { rows } = sizes;
    writeKnown(inputs, known);
    inputs.cellsKey.write(foldKey(key, tags.cells));
    const effective = warm ? await this.carryOn(known, key) : undefined;
    if (!effective) await this.condition(key, key);
    const seen = { rows, x: known.x.slice(), observed: known.observed.slice() };
    this.before = seen;
    heads.draws ??= await compile(networks.gpu, recordDraws(networks, inputs, this.latents.eps, sizes));
    submit(networks.gpu, [heads.draws]);
    const { thetaY, ...single } = heads.draws.outputs as DrawnEntries;
    const apart = joint && drawnInTurn(networks) ? await this.drawInTurn(known, key) : single;
    return posteriorDraws({ ...sizes, features: networks.shape.features.length }, this.columns, key, {
      ...apart,
      effective: effective ?? new Float64Array(rows).fill(Number.NaN),
      targetParts: async () => [targetPart(sizes.draws, networks.shape.targets, networks.targets.variance, await thetaY!.read())],
      targetLogProb: async (truth) => {
        heads.score ??= await compile(networks.gpu, recordScore(networks, inputs, thetaY!, sizes.draws));
        inputs.truthY.write(truth);
        submit(networks.gpu, [heads.score]);
        return heads.score.outputs.logProbY.read();
      },
      ...(thetaY && drawnInTurn(networks) && {
        toldMasses: async (question: ToldQuestion) => {
          heads.told ??= await toldLatent(networks, question.values.length);
          return toldMasses(heads.told, question, seen, foldKey(key, tags.told));
        },
      }),
    });
  }

  /** Draws of the latents anew. Returns each row's effective share of weighted draws. */
  private async condition(key: Key, codesKey: Key): Promise<Float64Array | undefined> {
    const { prepare, chain, importance } = this.latents;
    this.inputs.key.write(key);
    this.inputs.codesKey.write(codesKey);
    submit(this.networks.gpu, [prepare, ...(chain?.work ?? [])]);
    return importance?.run(key);
  }

  /** Moves the last draws to the posterior with the added cells; undefined where they cannot serve as a start. */
  private async carryOn(known: KnownRows, key: Key): Promise<Float64Array | undefined> {
    const { networks, inputs, latents, before, heads } = this;
    if (!before || !latents.chain || inputs.y || !fusedFits(networks.shape, false)) return undefined;
    const added = Float32Array.from(known.observed, (seen, i) => Number(seen === 1 && before.observed[i] !== 1));
    const same = known.x.every((value, i) => before.observed[i] !== 1 || (known.observed[i] === 1 && value === before.x[i]));
    if (!same) return undefined;
    const { z, chainKey } = latents.prepare.outputs;
    heads.warm ??= await WarmStart.create(networks, { x: inputs.x, observed: inputs.observed, z, eps: latents.eps, chainKey }, this.sizes);
    // the codes of the added cells, and a fresh chain key; the start is not used
    inputs.key.write(key);
    return heads.warm.move(added, latents.prepare, foldKey(key, tags.resampling));
  }

  /** Draws whose entries belong together, one entry after another. */
  private async drawInTurn(known: KnownRows, key: Key): Promise<Record<"x" | "y", DeviceTensor>> {
    const { networks, inputs, sizes } = this;
    this.heads.inTurn ??= await openInTurn(networks, inputs, this.latents.eps, sizes);
    return this.heads.inTurn.draw(foldKey(key, tags.turns), hiddenOf(inputs, known, networks.shape.targets.length));
  }

  /** The results of the first `count` chains. */
  private async readEntries(program: Program, count: number): Promise<EntryArrays & SamplingInfo> {
    const { chain, eps } = this.latents;
    const outputs = program.outputs as Record<string, DeviceTensor>;
    const chains = this.sizes.rows * this.atOnce;
    const take = async (tensor: DeviceTensor | undefined): Promise<Float32Array> => {
      if (!tensor) return new Float32Array(0);
      const all = await tensor.read();
      return all.subarray(0, (all.length / chains) * count);
    };
    const info = chain ? await acceptance(chain.hmc.statistics, chains) : { acceptance: Number.NaN, divergences: 0 };
    return {
      eps: await take(eps),
      thetaX: await take(outputs.thetaX),
      thetaY: await take(outputs.thetaY),
      logProbX: await take(outputs.logProbX),
      weightedLogProbX: await take(outputs.weightedLogProbX),
      logProbY: await take(outputs.logProbY),
      ...info,
    };
  }

  destroy(): void {
    const { prepare, chain, importance } = this.latents;
    for (const own of [...Object.values(this.heads), prepare, chain, importance, ...Object.values(this.inputs)]) own?.destroy();
  }
}

type EntryArrays = Record<"eps" | "thetaX" | "thetaY" | "logProbX" | "weightedLogProbX" | "logProbY", Float32Array>;

/** The draws of one row, part after part, as one. */
function joined(parts: readonly (EntryArrays & SamplingInfo)[]): EntryArrays & SamplingInfo {
  if (parts.length === 1) return parts[0];
  const all = (name: keyof EntryArrays): Float32Array => {
    const result = new Float32Array(parts.reduce((total, part) => total + part[name].length, 0));
    let at = 0;
    for (const part of parts) {
      result.set(part[name], at);
      at += part[name].length;
    }
    return result;
  };
  const draws = parts.map((part) => part.thetaX.length);
  const weighted = (of: (part: SamplingInfo) => number): number => parts.reduce((total, part, i) => total + of(part) * draws[i], 0) / draws.reduce((a, b) => a + b);
  return {
    eps: all("eps"), thetaX: all("thetaX"), thetaY: all("thetaY"), logProbX: all("logProbX"), weightedLogProbX: all("weightedLogProbX"), logProbY: all("logProbY"),
    acceptance: weighted(({ acceptance: rate }) => rate),
    ...(parts[0].effective !== undefined && { effective: weighted(({ effective }) => effective!) }),
    divergences: parts.reduce((total, part) => total + part.divergences, 0),
  };
}
