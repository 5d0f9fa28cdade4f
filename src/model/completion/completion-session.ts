import { compile, deviceTensor, foldIn, randomNormal, reshape, slice, sum, Tape, where, type DeviceTensor, type Program, type Tensor } from "../../autodiff/index.ts";
import { submit } from "../../gpu/dispatch.ts";
import { foldIn as foldKey, type Key } from "../../math/key.ts";
import { MixedLikelihood } from "../../likelihood/mixed.ts";
import type { DrawOptions, KnownRows, ToldQuestion } from "../answers/conditional.ts";
import { perChain } from "../latent/density.ts";
import type { ColumnSet } from "../answers/evaluate.ts";
import { reparameterise } from "../latent/gaussian.ts";
import { apart, DrawInTurn, mostHidden, sideBySide } from "../posterior/in-turn.ts";
import { sessionDraws, targetPart, type OpenSession, type SessionDraws, type SessionSizes } from "../answers/session-draws.ts";
import { toldMasses, type ToldModel } from "../answers/told-answers.ts";
import type { CompletionNetwork } from "./completion-network.ts";
import { eachMember, memberDraws, recordCompletion, type CompletionInputs } from "./completion-sampler.ts";
import { toldCompletion } from "./told-completion.ts";

/** Beyond the members' numbers, so that the key of the cells is no member's. */
const cellsKey = 2 ** 30;

/** Draws of completion networks for a fixed number of rows: hidden entries one after another. Always drawn anew: it takes no chain. */
export class CompletionSession implements OpenSession {
  private told: ToldModel | undefined;
  private inTurn: DrawInTurn | undefined;

  private constructor(
    private readonly network: CompletionNetwork,
    private readonly targets: ColumnSet,
    private readonly sizes: SessionSizes,
    private readonly inputs: CompletionInputs & { truthY: DeviceTensor },
    private readonly decode: Program,
    private readonly score: Program<"logProbY"> | undefined,
  ) {}

  static async open(network: CompletionNetwork, targets: ColumnSet, sizes: SessionSizes): Promise<CompletionSession> {
    const { gpu, shape } = network;
    const { rows, givenTargets } = sizes;
    const [d, p] = [shape.features, shape.columns.length - shape.features];
    const array = (width: number): DeviceTensor => deviceTensor(gpu, [rows, Math.max(1, width)]);
    const inputs = { x: array(d), observed: array(d), key: deviceTensor(gpu, [2], undefined, { dtype: "u32" }), truthY: array(p), ...(givenTargets && p > 0 && { y: array(p), observedY: array(p) }) };
    const decode = await compile(gpu, recordSingle(network, inputs, sizes));
    const { thetaY } = decode.outputs as Partial<Record<string, DeviceTensor>>;
    return new CompletionSession(network, targets, sizes, inputs, decode, thetaY && (await compileScore(network, inputs.truthY, thetaY, sizes)));
  }

  /** Throws RangeError for another number of rows, DeviceError. */
  async draw(known: KnownRows, key: Key, { joint = true }: DrawOptions = {}): Promise<SessionDraws> {
    const { rows, draws } = this.sizes;
    if (known.rows !== rows) throw new RangeError(`[draw] the session is open for ${rows} rows, got ${known.rows}.`);
    const { network, inputs, decode, score } = this;
    const { gpu, shape } = network;
    const p = shape.columns.length - shape.features;
    inputs.x.write(known.x);
    inputs.observed.write(known.observed);
    const observedY = known.observedY ?? new Float32Array(rows * p);
    if (inputs.y) {
      inputs.y.write(known.y ?? observedY);
      inputs.observedY!.write(observedY);
    }
    inputs.key.write(key);
    submit(gpu, [decode]);
    const { thetaY, ...single } = decode.outputs as Record<"x" | "y" | "thetaY", DeviceTensor>;
    const { x, y } = joint ? await this.drawInTurn({ ...known, observedY }, foldKey(key, 1)) : single;
    const seen = { rows, x: known.x.slice(), observed: known.observed.slice() };
    return sessionDraws({ rows, draws, features: shape.features }, this.targets, key, {
      x,
      y,
      effective: new Float64Array(rows).fill(Number.NaN),
      targetParts: async () => [targetPart(draws, shape.columns.slice(shape.features), 1, await thetaY.read())],
      targetLogProb: async (truth) => {
        inputs.truthY.write(truth);
        submit(gpu, [score!]);
        return score!.outputs.logProbY.read();
      },
      ...(p > 0 && { toldMasses: (question: ToldQuestion) => this.toldMasses(question, seen, key) }),
    });
  }

  /** Draws whose entries belong together, one entry after another. */
  private async drawInTurn(known: KnownRows & { observedY: Float32Array }, key: Key): Promise<Record<"x" | "y", DeviceTensor>> {
    const { network, inputs, sizes } = this;
    const { features, columns } = network.shape;
    const targets = columns.length - features;
    this.inTurn ??= await DrawInTurn.create(network.gpu, { ...sizes, features, targets, known: inputs, sample: (x, seen, turnKey) => recordTurn(network, x, seen, turnKey, sizes) });
    return this.inTurn.draw(key, { features: mostHidden(known.observed, sizes.rows), targets: inputs.y ? mostHidden(known.observedY, sizes.rows) : targets });
  }

  private async toldMasses(question: ToldQuestion, known: KnownRows, key: Key): Promise<Float64Array> {
    this.told ??= await toldCompletion(this.network, known.rows, question.values.length);
    return toldMasses(this.told, question, known, key);
  }

  destroy(): void {
    this.inTurn?.destroy();
    this.told?.destroy();
    for (const program of [this.decode, this.score]) program?.destroy();
    for (const tensor of Object.values(this.inputs) as DeviceTensor[]) tensor.destroy();
  }
}

/** Draws of z given what is known, and a draw of every entry given z; known ones as they are. */
function recordSingle(network: CompletionNetwork, inputs: CompletionInputs, sizes: SessionSizes): Record<string, Tensor> {
  const { features: d, columns } = network.shape;
  const tape = new Tape();
  const theta = recordCompletion(tape, network, inputs, sizes);
  const known = sideBySide(tape, inputs, { rows: sizes.rows, targets: columns.length - d });
  const all = where(perChain(known.observed, sizes.draws), perChain(known.x, sizes.draws), network.likelihood.sample(theta, foldIn(tape.read(inputs.key), cellsKey)));
  return { ...apart(all, d), ...(columns.length > d && { thetaY: slice(theta, 1, d, columns.length) }) };
}

/** log p of given targets at each draw. */
async function compileScore({ gpu, shape }: CompletionNetwork, truth: DeviceTensor, theta: DeviceTensor, { rows, draws }: SessionSizes): Promise<Program<"logProbY">> {
  const likelihood = new MixedLikelihood(gpu, shape.columns.slice(shape.features), 1);
  const tape = new Tape();
  const own = reshape(slice(tape.read(theta), -1, 0, likelihood.params), [rows * draws, likelihood.columns.length, likelihood.params]);
  return compile(gpu, { logProbY: sum(likelihood.logProb(own, perChain(tape.read(truth), draws)), 1) });
}

/** A draw of every entry at each chain's own state: every draw sees other entries, so that all of a network runs for each. x, seen [rows S, C] -> [rows S, C] */
function recordTurn(network: CompletionNetwork, x: Tensor, seen: Tensor, key: Tensor, { rows, draws }: SessionSizes): Tensor {
  const columns = network.shape.columns.length;
  const theta = eachMember(network, { rows, draws }, (member, count, m) => {
    const first = memberDraws(network, draws).slice(0, m).reduce((a, b) => a + b, 0);
    const own = (t: Tensor): Tensor => (count === draws ? t : reshape(slice(reshape(t, [rows, draws, columns]), 1, first, first + count), [rows * count, columns]));
    const known = network.known(own(x), own(seen));
    const q = member.encoder(known);
    return member.decoder(reparameterise(q, randomNormal(foldIn(key, 1 + m), q.mean.shape)), known);
  });
  return network.likelihood.sample(theta, key);
}
