import { compile, deviceTensor, reshape, slice, sum, Tape, type DeviceTensor, type Program } from "../../autodiff/index.ts";
import { submit } from "../../gpu/dispatch.ts";
import { foldIn as foldKey, type Key } from "../../math/key.ts";
import { MixedLikelihood } from "../../likelihood/mixed.ts";
import type { KnownRows, ToldQuestion } from "../conditional.ts";
import { perChain } from "../density.ts";
import type { ColumnSet } from "../evaluate.ts";
import { noTargets, sessionDraws, targetPart, type OpenSession, type SessionDraws, type SessionSizes } from "../session-draws.ts";
import type { CompletionNetwork } from "./completion-network.ts";
import { recordCompletion, type CompletionInputs } from "./completion-sampler.ts";
import { DrawInTurn } from "./in-turn.ts";
import { ToldCompletion } from "./told-completion.ts";

type Answers = Program<"thetaY" | "logProbY">;

/** Joint draws of completion networks for a fixed number of rows: hidden entries one after another. Always drawn anew: it takes no chain. */
export class CompletionSession implements OpenSession {
  private told: ToldCompletion | undefined;

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
    const inTurn = await DrawInTurn.create(network, inputs, sizes);
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
    this.inTurn.draw(foldKey(key, 1), { features: mostHidden(known.observed, shape.features), targets: inputs.y ? mostHidden(observedY, p) : p });
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
    this.told ??= await ToldCompletion.create(this.network, known.rows * this.network.shape.features * question.count);
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

/** The most entries that are hidden in any row: observed [rows, width]. */
function mostHidden(observed: Float32Array, width: number): number {
  let most = 0;
  for (let at = 0; at < observed.length; at += width) most = Math.max(most, observed.subarray(at, at + width).reduce((total, seen) => total + Number(seen !== 1), 0));
  return most;
}
