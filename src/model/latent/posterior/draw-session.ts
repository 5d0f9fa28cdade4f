import { compile, deviceTensor, gather, reshape, slice, sum, Tape, where, type DeviceTensor, type Program, type Tensor } from "../../../autodiff/index.ts";
import { makeCopy } from "../../../autodiff/copy.ts";
import { submit, type Encodable } from "../../../gpu/dispatch.ts";
import { foldIn as foldKey, uniform, type Key } from "../../../math/key.ts";
import { effectiveShare, systematicResampling } from "../../../math/resampling.ts";
import { conditionalChain, type ConditionalChain } from "./conditional-chain.ts";
import { fusedFits } from "../fused-spec.ts";
import { mostHidden, type DrawInTurn } from "../../posterior/in-turn.ts";
import { drawnInTurn, openInTurn } from "./latent-in-turn.ts";
import type { DrawOptions, KnownRows, ToldQuestion } from "../../answers/conditional.ts";
import { perChain } from "../density.ts";
import type { ColumnSet } from "../../answers/evaluate.ts";
import type { Networks } from "../networks.ts";
import { ImportanceSampling, usualSampler } from "./importance.ts";
import { recordEncodedStart } from "./posterior-start.ts";
import { noTargets, sessionDraws, targetPart, type OpenSession, type SessionDraws, type SessionSizes } from "../../answers/session-draws.ts";
import { toldMasses, type ToldModel } from "../../answers/told-answers.ts";
import { toldLatent } from "./told-latent.ts";

/** Below this share of effective draws a warm start has too few distinct positions to go on from. */
const leastEffective = 0.1;
/** Transitions that move the resampled draws apart again. */
const warmTransitions = 2;

/** Tags of keys derived from the key of a draw. */
const tags = { cells: 1, resampling: 2, turns: 3, told: 4 } as const;

interface Inputs {
  x: DeviceTensor;
  observed: DeviceTensor;
  /** 1 where a cell became known since the last draws. [rows, D] */
  added: DeviceTensor;
  truthY: DeviceTensor;
  key: DeviceTensor;
  /** Of the noise in the marginal codes: a row keeps its codes while draws are carried on. */
  codesKey: DeviceTensor;
  cellsKey: DeviceTensor;
  /** Targets that are conditioned on. [rows, P] */
  y?: DeviceTensor;
  observedY?: DeviceTensor;
}

interface Warm {
  weigh: Program<"logWeight">;
  index: DeviceTensor;
  work: readonly Encodable[];
  chain: ConditionalChain;
}

/** Compiles everything for a fixed number of rows and draws. */
export async function openSession(networks: Networks, targets: ColumnSet, sizes: SessionSizes): Promise<ModelSession> {
  const { gpu, shape } = networks;
  const { rows, draws, givenTargets } = sizes;
  const [d, p] = [shape.features.length, shape.targets.length];
  const word = (): DeviceTensor => deviceTensor(gpu, [2], undefined, { dtype: "u32" });
  const inputs: Inputs = {
    x: deviceTensor(gpu, [rows, d]), observed: deviceTensor(gpu, [rows, d]), added: deviceTensor(gpu, [rows, d]),
    truthY: deviceTensor(gpu, [rows, Math.max(1, p)]), key: word(), codesKey: word(), cellsKey: word(),
    ...(givenTargets && p > 0 && { y: deviceTensor(gpu, [rows, p]), observedY: deviceTensor(gpu, [rows, p]) }),
  };
  const prepare = await compile(gpu, recordEncodedStart(networks, inputs, sizes));
  const { start, z, chainKey } = prepare.outputs;
  const data = { x: inputs.x, observed: inputs.observed, y: inputs.y, observedY: inputs.observedY, z };
  const hmc = shape.config.inference === "hmc";
  const chain = hmc ? await conditionalChain(networks, data, { rows, chainsPerRow: draws, key: chainKey, start }) : undefined;
  const importance = usualSampler(networks) === "importance" ? await ImportanceSampling.create(networks, { ...inputs, ...prepare.outputs }, sizes) : undefined;
  const eps = chain?.hmc.position ?? importance?.eps ?? start;
  const warm = hmc && !inputs.y && fusedFits(shape, false) ? await compileWarm(networks, inputs, { ...data, eps, chainKey }, sizes) : undefined;
  const decode = await compile(gpu, recordDecoding(networks, inputs, eps, sizes));
  const { thetaY } = decode.outputs as Decoded;
  const score = thetaY && (await compile(gpu, recordScore(networks, inputs, thetaY, sizes)));
  return new ModelSession(networks, targets, sizes, inputs, { prepare, chain, importance, decode, score, warm, eps });
}

/** Draws, and likelihood parameters of the targets where there are some. */
type Decoded = Record<"x" | "y", DeviceTensor> & Partial<Record<"thetaY", DeviceTensor>>;

/** Reweighting by the cells that were added, resampling by an index from the host, and the last transitions of the chain. */
async function compileWarm(
  networks: Networks,
  inputs: Inputs,
  data: { x: DeviceTensor; observed: DeviceTensor; z: DeviceTensor; eps: DeviceTensor; chainKey: DeviceTensor },
  { rows, draws }: SessionSizes,
): Promise<Warm> {
  const { gpu, shape, parameters, latentSize: k } = networks;
  const { transitions } = shape.config.hmc;
  const few = Math.min(warmTransitions, transitions);
  // log w_s = sum over added cells of log p(z_d | h_1), or of log p(x_d | h_1) without marginal VAEs
  const tape = new Tape();
  const position = reshape(tape.read(data.eps), [rows * draws, k]);
  const output = networks.decoder(networks.generate(position)[0]);
  const each = (tensor: DeviceTensor): Tensor => perChain(tape.read(tensor), draws);
  const logWeight = sum(where(each(inputs.added), networks.emission.logProb(output, each(data.z)), 0), 1);
  const weigh = await compile(gpu, { logWeight });
  const index = deviceTensor(gpu, [rows * draws], undefined, { dtype: "u32", label: "resampled draws" });
  const after = new Tape();
  const moved = await compile(gpu, {
    start: gather(reshape(after.read(data.eps), [rows * draws, k]), after.read(index)),
    stepSizes: slice(after.read(parameters.value("hmc/log_step_size")), 0, transitions - few, transitions),
  });
  const chain = await conditionalChain(networks, data, {
    rows, chainsPerRow: draws, key: data.chainKey, start: moved.outputs.start, last: { transitions: few, logStepSizes: moved.outputs.stepSizes },
  });
  // the decoding reads one place, whichever chain wrote it
  const back = await makeCopy(gpu, chain.hmc.position, data.eps);
  return { weigh, index, chain, work: [moved, ...chain.work, back] };
}

/**
 * A draw of every unknown cell and target at each posterior draw; known cells keep their value. The predictor is shown what the decoder expects of hidden features, so that features and
 * targets depend on each other through the latents alone: the authors' joint draws, and everybody's draws of single entries.
 */
function recordDecoding(networks: Networks, inputs: Inputs, eps: DeviceTensor, { rows, draws }: SessionSizes): Record<string, Tensor> {
  const tape = new Tape();
  const each = (tensor: DeviceTensor): Tensor => perChain(tape.read(tensor), draws);
  const key = tape.read(inputs.cellsKey);
  const h1 = networks.generate(reshape(tape.read(eps), [rows * draws, networks.latentSize]))[0];
  const output = networks.decoder(h1);
  const [known, observed] = [each(inputs.x), each(inputs.observed)];
  const x = where(observed, known, networks.emission.sample(output, key));
  if (networks.shape.targets.length === 0) return { x, y: noTargets(tape, rows * draws) };
  const thetaY = networks.predictor(h1, networks.complete(known, observed, output), observed);
  const y = networks.targets.sample(thetaY, key);
  return { x, y: inputs.y && inputs.observedY ? where(each(inputs.observedY), each(inputs.y), y) : y, thetaY };
}

function recordScore(networks: Networks, inputs: Inputs, thetaY: DeviceTensor, { draws }: SessionSizes): Record<"logProbY", Tensor> {
  const tape = new Tape();
  return { logProbY: sum(networks.targets.logProb(tape.read(thetaY), perChain(tape.read(inputs.truthY), draws)), 1) };
}

interface Compiled {
  prepare: Program<"start" | "z" | "chainKey">;
  chain?: ConditionalChain;
  importance?: ImportanceSampling;
  decode: Program;
  score?: Program<"logProbY">;
  warm?: Warm;
  eps: DeviceTensor;
}

/** Joint draws of a model for a fixed number of rows. */
class ModelSession implements OpenSession {
  private before: KnownRows | undefined;
  private told: ToldModel | undefined;
  private inTurn: DrawInTurn | undefined;

  constructor(
    private readonly networks: Networks,
    private readonly targets: ColumnSet,
    private readonly sizes: SessionSizes,
    private readonly inputs: Inputs,
    private readonly compiled: Compiled,
  ) {}

  /** Throws RangeError for another number of rows, DeviceError. */
  async draw(known: KnownRows, key: Key, { warm = false, joint = true }: DrawOptions = {}): Promise<SessionDraws> {
    const { rows } = this.sizes;
    if (known.rows !== rows) throw new RangeError(`[draw] the session is open for ${rows} rows, got ${known.rows}.`);
    const { gpu } = this.networks;
    this.inputs.x.write(known.x);
    this.inputs.observed.write(known.observed);
    if (this.inputs.y) {
      this.inputs.y.write(known.y ?? new Float32Array(this.inputs.y.size));
      this.inputs.observedY!.write(known.observedY ?? new Float32Array(this.inputs.y.size));
    }
    this.inputs.key.write(key);
    this.inputs.cellsKey.write(foldKey(key, tags.cells));
    const effective = warm ? await this.carryOn(known, key) : undefined;
    if (!effective) {
      this.inputs.codesKey.write(key);
      submit(gpu, [this.compiled.prepare, ...(this.compiled.chain?.work ?? [])]);
      await this.compiled.importance?.run(key);
    }
    const seen = { rows, x: known.x.slice(), observed: known.observed.slice() };
    this.before = seen;
    submit(gpu, [this.compiled.decode]);
    const apart = joint && drawnInTurn(this.networks) ? await this.drawInTurn(known, key) : undefined;
    return this.answers(key, seen, apart ?? (this.compiled.decode.outputs as Decoded), effective ?? new Float64Array(rows).fill(Number.NaN));
  }

  /** Draws whose entries belong together, one entry after another. */
  private async drawInTurn({ observed, observedY }: KnownRows, key: Key): Promise<Record<"x" | "y", DeviceTensor>> {
    const { networks, inputs, sizes, compiled } = this;
    this.inTurn ??= await openInTurn(networks, inputs, compiled.eps, sizes);
    const targets = observedY && inputs.y ? mostHidden(observedY, sizes.rows) : networks.shape.targets.length;
    return this.inTurn.draw(foldKey(key, tags.turns), { features: mostHidden(observed, sizes.rows), targets });
  }

  /** Moves the last draws to the posterior with the added cells; undefined where they cannot serve as a start. */
  private async carryOn(known: KnownRows, key: Key): Promise<Float64Array | undefined> {
    const { warm, prepare } = this.compiled;
    if (!warm || !this.before) return undefined;
    const { rows, draws } = this.sizes;
    const { before } = this;
    const added = Float32Array.from(known.observed, (seen, i) => Number(seen === 1 && before.observed[i] !== 1));
    const same = known.x.every((value, i) => before.observed[i] !== 1 || (known.observed[i] === 1 && value === before.x[i]));
    if (!same) return undefined;
    this.inputs.added.write(added);
    // the codes of the added cells, and a fresh chain key; the start is not used
    submit(this.networks.gpu, [prepare, warm.weigh]);
    const logWeight = await warm.weigh.outputs.logWeight.read();
    const index = new Uint32Array(rows * draws);
    const effective = new Float64Array(rows);
    const shifts = uniform(foldKey(key, tags.resampling), rows);
    for (let r = 0; r < rows; r++) {
      const weights = logWeight.subarray(r * draws, (r + 1) * draws);
      effective[r] = effectiveShare(weights);
      systematicResampling(weights, shifts[r]).forEach((s, i) => (index[r * draws + i] = r * draws + s));
    }
    if (!effective.every((share) => share >= leastEffective)) return undefined;
    warm.index.write(index);
    submit(this.networks.gpu, warm.work);
    return effective;
  }

  private answers(key: Key, known: KnownRows, { x, y }: Record<"x" | "y", DeviceTensor>, effective: Float64Array): SessionDraws {
    const { decode, score } = this.compiled;
    const { networks, targets, inputs } = this;
    const { thetaY } = decode.outputs as Decoded;
    return sessionDraws({ ...this.sizes, features: networks.shape.features.length }, targets, key, {
      x,
      y,
      effective,
      targetParts: async () => [targetPart(this.sizes.draws, networks.shape.targets, networks.targets.variance, await thetaY!.read())],
      targetLogProb: async (truth) => {
        inputs.truthY.write(truth);
        submit(networks.gpu, [score!]);
        return score!.outputs.logProbY.read();
      },
      ...(thetaY && drawnInTurn(networks) && {
        toldMasses: async (question: ToldQuestion) => {
          this.told ??= await toldLatent(networks, question.values.length);
          return toldMasses(this.told, question, known, foldKey(key, tags.told));
        },
      }),
    });
  }

  destroy(): void {
    const { prepare, chain, importance, decode, score, warm } = this.compiled;
    for (const program of [prepare, decode, score, warm?.weigh]) program?.destroy();
    this.inTurn?.destroy();
    importance?.destroy();
    chain?.destroy();
    warm?.chain.destroy();
    this.told?.destroy();
    for (const tensor of Object.values(this.inputs) as DeviceTensor[]) tensor.destroy();
  }
}
