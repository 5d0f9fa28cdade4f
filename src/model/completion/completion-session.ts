import { broadcastTo, compile, concat, deviceTensor, foldIn, randomNormal, reshape, slice, sum, Tape, type DeviceTensor, type Program, type Tensor } from "../../autodiff/index.ts";
import { submit } from "../../gpu/dispatch.ts";
import { foldIn as foldKey, type Key } from "../../math/key.ts";
import { MixedLikelihood } from "../../likelihood/mixed.ts";
import type { KnownRows, ToldQuestion } from "../conditional.ts";
import { perChain } from "../density.ts";
import type { ColumnSet } from "../evaluate.ts";
import { reparameterise } from "../gaussian.ts";
import { DrawInTurn, mostHidden } from "../in-turn.ts";
import { noTargets, sessionDraws, targetPart, type OpenSession, type SessionDraws, type SessionSizes } from "../session-draws.ts";
import { ToldAnswers, type ToldModel } from "../told-answers.ts";
import type { CompletionNetwork } from "./completion-network.ts";
import { eachMember, memberDraws, recordCompletion, type CompletionInputs } from "./completion-sampler.ts";

type Answers = Program<"thetaY" | "logProbY">;

/** Joint draws of completion networks for a fixed number of rows: hidden entries one after another. Always drawn anew: it takes no chain. */
export class CompletionSession implements OpenSession {
  private told: ToldAnswers | undefined;

  private constructor(
    private readonly network: CompletionNetwork,
    private readonly targets: ColumnSet,
    private readonly sizes: SessionSizes,
    private readonly inputs: CompletionInputs & { truthY: DeviceTensor },
    private readonly inTurn: DrawInTurn,
    private readonly split: Program<"x" | "y">,
    /** What is said of the targets given what is known alone; absent without targets. */
    private readonly answers: Answers | undefined,
  ) {}

  static async open(network: CompletionNetwork, targets: ColumnSet, sizes: SessionSizes): Promise<CompletionSession> {
    const { gpu, shape } = network;
    const { rows, draws, givenTargets } = sizes;
    const [d, p] = [shape.features, shape.columns.length - shape.features];
    const array = (width: number): DeviceTensor => deviceTensor(gpu, [rows, Math.max(1, width)]);
    const inputs = { x: array(d), observed: array(d), key: deviceTensor(gpu, [2], undefined, { dtype: "u32" }), truthY: array(p), ...(givenTargets && p > 0 && { y: array(p), observedY: array(p) }) };
    const inTurn = await DrawInTurn.create(gpu, { rows, draws, features: d, targets: p, known: inputs, sample: (x, seen, key) => recordTurn(network, x, seen, key, sizes) });
    const tape = new Tape();
    const all = tape.read(inTurn.x);
    const split = await compile(gpu, { x: slice(all, 1, 0, d), y: p > 0 ? slice(all, 1, d, d + p) : noTargets(tape, rows * draws) });
    return new CompletionSession(network, targets, sizes, inputs, inTurn, split, p > 0 ? await compileAnswers(network, inputs, sizes) : undefined);
  }

  /** Throws RangeError for another number of rows, DeviceError. */
  async draw(known: KnownRows, key: Key): Promise<SessionDraws> {
    const { rows, draws } = this.sizes;
    if (known.rows !== rows) throw new RangeError(`[draw] the session is open for ${rows} rows, got ${known.rows}.`);
    const { network, inputs, answers } = this;
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
    this.inTurn.draw(foldKey(key, 1), { features: mostHidden(known.observed, rows), targets: inputs.y ? mostHidden(observedY, rows) : p });
    submit(gpu, [this.split, ...(answers ? [answers] : [])]);
    const { x, y } = this.split.outputs;
    const seen = { rows, x: known.x.slice(), observed: known.observed.slice() };
    return sessionDraws({ rows, draws, features: shape.features }, this.targets, key, {
      x,
      y,
      effective: new Float64Array(rows).fill(Number.NaN),
      targetParts: async () => [targetPart(draws, shape.columns.slice(shape.features), 1, await answers!.outputs.thetaY.read())],
      targetLogProb: async (truth) => {
        inputs.truthY.write(truth);
        submit(gpu, [answers!]);
        return answers!.outputs.logProbY.read();
      },
      ...(p > 0 && { toldMasses: (question: ToldQuestion) => this.toldMasses(question, seen, key) }),
    });
  }

  private async toldMasses(question: ToldQuestion, known: KnownRows, key: Key): Promise<Float64Array> {
    this.told ??= await ToldAnswers.create(this.network.gpu, toldModel(this.network), known.rows * this.network.shape.features * question.count);
    return this.told.masses(question, known, key);
  }

  destroy(): void {
    this.inTurn.destroy();
    this.told?.destroy();
    for (const program of [this.split, this.answers]) program?.destroy();
    for (const tensor of Object.values(this.inputs) as DeviceTensor[]) tensor.destroy();
  }
}

/** Parameters of the targets at draws of z given what is known, and log p of given targets by them. */
async function compileAnswers(network: CompletionNetwork, inputs: CompletionInputs & { truthY: DeviceTensor }, { rows, draws }: SessionSizes): Promise<Answers> {
  const { gpu, shape } = network;
  const [d, p] = [shape.features, shape.columns.length - shape.features];
  const tape = new Tape();
  const thetaY = slice(recordCompletion(tape, network, inputs, { rows, draws }), 1, d, d + p);
  const likelihood = new MixedLikelihood(gpu, shape.columns.slice(d), 1);
  const own = reshape(slice(thetaY, -1, 0, likelihood.params), [rows * draws, p, likelihood.params]);
  return compile(gpu, { thetaY, logProbY: sum(likelihood.logProb(own, perChain(tape.read(inputs.truthY), draws)), 1) });
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

/** One draw of z a member behind each answer. */
function toldModel(network: CompletionNetwork): ToldModel {
  const { columns, features } = network.shape;
  const draws = network.members.length;
  return {
    features, targets: columns.slice(features), variance: 1, draws,
    answer: (x, observed, key) => {
      const rows = x.shape[0];
      const padded = (t: Tensor): Tensor => concat([t, t.tape.fill(0, [rows, columns.length - features])], 1);
      const known = network.known(padded(x), padded(observed));
      const theta = eachMember(network, { rows, draws }, (member, _, m) => {
        const q = member.encoder(known);
        return member.decoder(reparameterise(q, broadcastTo(randomNormal(foldIn(key, 1 + m), [1, q.mean.shape[1]]), q.mean.shape)), known);
      });
      return slice(theta, 1, features, columns.length);
    },
  };
}
