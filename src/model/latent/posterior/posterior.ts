import { compile, deviceTensor, reshape, Tape, type DeviceTensor, type Program, type Tensor } from "../../../autodiff/index.ts";
import { submit, type Encodable } from "../../../gpu/dispatch.ts";
import { foldIn as foldKey, type Key } from "../../../math/key.ts";
import { chainsAtOnce } from "../../posterior/chains-at-once.ts";
import { conditionalChain, type ConditionalChain } from "./conditional-chain.ts";
import { perChain } from "../density.ts";
import type { Networks } from "../networks.ts";
import { ImportanceSampling, usualSampler, type Sampler } from "./importance.ts";
import { recordEncodedStart } from "./posterior-start.ts";
import type { PosteriorRows, RowDraws, RowSampler, SamplingInfo } from "../../answers/row-draws.ts";
import { acceptance } from "../../training/stages/hmc-stage.ts";

/** Rows and draws of one run, and the draws of a row in all. */
interface PosteriorSizes {
  rows: number;
  draws: number;
  allDraws: number;
}

/** Posterior draws p(eps | x_O) of many rows, or p(eps | x_O, y_O), in chunks of equal size; compiled once. */
export class Posterior implements RowSampler {
  private constructor(
    private readonly networks: Networks,
    private readonly sizes: PosteriorSizes,
    private readonly inputs: Inputs,
    private readonly work: readonly Encodable[],
    private readonly decode: Program,
    private readonly eps: DeviceTensor,
    private readonly chain: ConditionalChain | undefined,
    private readonly prepare: Program,
    private readonly importance: ImportanceSampling | undefined,
  ) {}

  /** Compiles the sampling of `draws` draws for tables of up to `rows` rows. givenTargets: targets that are known are conditioned on too. */
  static async create(networks: Networks, options: { rows: number; draws: number; sampler?: Sampler; givenTargets?: boolean }): Promise<Posterior> {
    const { gpu, shape } = networks;
    const { sampler = usualSampler(networks) } = options;
    if (sampler === "hmc" && shape.config.inference !== "hmc") throw new RangeError(`[sampler] the model ${shape.config.preset} was trained without HMC and has no step sizes; draw from the encoder, or by importance.`);
    // many draws of a row come a part at a time
    const atOnce = chainsAtOnce(gpu, shape);
    const draws = Math.min(options.draws, atOnce);
    const rows = Math.max(1, Math.min(options.rows, Math.floor(atOnce / draws)));
    const d = shape.features.length;
    const p = shape.targets.length;
    const inputs = {
      x: deviceTensor(gpu, [rows, d]),
      observed: deviceTensor(gpu, [rows, d]),
      truthX: deviceTensor(gpu, [rows, d]),
      truthY: deviceTensor(gpu, [rows, Math.max(p, 1)]),
      key: deviceTensor(gpu, [2], undefined, { dtype: "u32" }),
      codesKey: deviceTensor(gpu, [2], undefined, { dtype: "u32" }),
      ...(options.givenTargets && p > 0 && { y: deviceTensor(gpu, [rows, p]), observedY: deviceTensor(gpu, [rows, p]) }),
    };
    const given = { x: inputs.x, observed: inputs.observed, y: inputs.y, observedY: inputs.observedY };
    const prepare = await compile(gpu, recordEncodedStart(networks, inputs, { rows, draws, inflated: sampler === "hmc" }));
    const { start, z, chainKey } = prepare.outputs;
    const chain =
      sampler === "hmc"
        ? await conditionalChain(networks, { ...given, z }, { rows, chainsPerRow: draws, key: chainKey, start })
        : undefined;
    const importance = sampler === "importance" ? await ImportanceSampling.create(networks, { ...inputs, ...prepare.outputs }, { rows, draws }) : undefined;
    const eps = chain?.hmc.position ?? importance?.eps ?? start;
    const decode = await compile(gpu, recordDecoding(networks, inputs, eps, draws));
    const work = [prepare, ...(chain?.work ?? [])];
    return new Posterior(networks, { rows, draws, allDraws: options.draws }, inputs, work, decode, eps, chain, prepare, importance);
  }

  /** Draws for all rows, handed over a few rows at a time, however many draws a row has. The same key gives the same draws. */
  async *sample(table: PosteriorRows, key: Key, signal?: AbortSignal): AsyncGenerator<RowDraws & SamplingInfo> {
    const { rows, draws, allDraws } = this.sizes;
    const d = this.networks.shape.features.length;
    const p = this.networks.shape.targets.length;
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
      const rowKey = foldKey(key, (table.before ?? 0) + first);
      // the codes of a row are the same for all its draws
      this.inputs.codesKey.write(rowKey);
      const parts: Awaited<ReturnType<Posterior["read"]>>[] = [];
      for (let drawn = 0; drawn < allDraws; drawn += draws) {
        signal?.throwIfAborted();
        const each = Math.min(draws, allDraws - drawn);
        const drawKey = drawn === 0 ? rowKey : foldKey(foldKey(rowKey, 3), drawn);
        this.inputs.key.write(drawKey);
        submit(this.networks.gpu, this.work);
        const shares = (await this.importance?.run(drawKey))?.subarray(0, count);
        submit(this.networks.gpu, [this.decode]);
        const effective = shares && { effective: shares.reduce((a, b) => a + b) / count };
        parts.push({ ...(await this.read(count * each)), ...effective });
      }
      const { eps, thetaX, thetaY, logProbX, weightedLogProbX, logProbY, ...info } = joined(parts);
      const { shape, features, targets } = this.networks;
      const part = {
        eps,
        features: { draws: allDraws, mixed: shape.features, variance: features.variance, theta: thetaX },
        targets: { draws: allDraws, mixed: shape.targets, variance: targets.variance, theta: thetaY },
      };
      yield { firstRow: first, rows: count, draws: allDraws, parts: [part], logProbX, weightedLogProbX, logProbY, ...info };
    }
  }

  /** The results of the first `count` chains. */
  private async read(count: number): Promise<DrawArrays & SamplingInfo> {
    const outputs = this.decode.outputs as Record<string, DeviceTensor>;
    const chains = this.sizes.rows * this.sizes.draws;
    const take = async (tensor: DeviceTensor | undefined): Promise<Float32Array> => {
      if (!tensor) return new Float32Array(0);
      const all = await tensor.read();
      return all.subarray(0, (all.length / chains) * count);
    };
    const info = this.chain ? await acceptance(this.chain.hmc.statistics, chains) : { acceptance: Number.NaN, divergences: 0 };
    return {
      eps: await take(this.eps),
      thetaX: await take(outputs.thetaX),
      thetaY: await take(outputs.thetaY),
      logProbX: await take(outputs.logProbX),
      weightedLogProbX: await take(outputs.weightedLogProbX),
      logProbY: await take(outputs.logProbY),
      ...info,
    };
  }

  destroy(): void {
    this.chain?.destroy();
    this.importance?.destroy();
    for (const program of [this.prepare, this.decode]) program.destroy();
    for (const tensor of Object.values(this.inputs)) tensor.destroy();
  }
}

type Inputs = Record<"x" | "observed" | "truthX" | "truthY" | "key" | "codesKey", DeviceTensor> & Partial<Record<"y" | "observedY", DeviceTensor>>;

type DrawArrays = Record<"eps" | "thetaX" | "thetaY" | "logProbX" | "weightedLogProbX" | "logProbY", Float32Array>;

/** The draws of one row, part after part, as one. */
function joined(parts: readonly (DrawArrays & SamplingInfo)[]): DrawArrays & SamplingInfo {
  if (parts.length === 1) return parts[0];
  const all = (name: keyof DrawArrays): Float32Array => {
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

/** Likelihood parameters of features and targets at each draw, and the log-probabilities of what is known. */
function recordDecoding(networks: Networks, inputs: Inputs, eps: DeviceTensor, draws: number): Record<string, Tensor> {
  const tape = new Tape();
  const position = reshape(tape.read(eps), [eps.size / networks.latentSize, networks.latentSize]);
  const each = (tensor: DeviceTensor): Tensor => perChain(tape.read(tensor), draws);
  const h1 = networks.generate(position)[0];
  const output = networks.decoder(h1);
  const thetaX = networks.emission.parameters(output);
  const truth = each(inputs.truthX);
  const outputs: Record<string, Tensor> = {
    thetaX,
    logProbX: networks.features.logProb(thetaX, truth),
    weightedLogProbX: networks.features.logProb(thetaX, truth, { weighted: true }),
  };
  if (networks.shape.targets.length === 0) return outputs;
  const observed = each(inputs.observed);
  const completed = networks.complete(each(inputs.x), observed, output);
  outputs.thetaY = networks.predictor(h1, completed, observed);
  outputs.logProbY = networks.targets.logProb(outputs.thetaY, each(inputs.truthY));
  return outputs;
}
