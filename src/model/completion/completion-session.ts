import { compile, deviceTensor, reshape, slice, sum, Tape, where, type DeviceTensor, type Program } from "../../autodiff/index.ts";
import { submit } from "../../gpu/dispatch.ts";
import { foldIn as foldKey, type Key } from "../../math/key.ts";
import { MixedLikelihood } from "../../likelihood/mixed.ts";
import type { KnownRows } from "../conditional.ts";
import { perChain } from "../density.ts";
import type { ColumnSet } from "../evaluate.ts";
import { sessionDraws, targetPart, type OpenSession, type SessionDraws } from "../session-draws.ts";
import type { CompletionNetwork } from "./completion-network.ts";
import { recordCompletion } from "./completion-sampler.ts";

/** Joint draws of a completion network for a fixed number of rows: z, then every hidden entry given z. Always drawn anew: it takes no chain. */
export class CompletionSession implements OpenSession {
  private constructor(
    private readonly network: CompletionNetwork,
    private readonly targets: ColumnSet,
    private readonly sizes: { rows: number; draws: number },
    private readonly inputs: Record<"x" | "observed" | "key" | "cellsKey" | "truthY", DeviceTensor>,
    private readonly decode: Program<"x" | "y" | "thetaY">,
    private readonly score: Program<"logProbY">,
  ) {}

  static async open(network: CompletionNetwork, targets: ColumnSet, sizes: { rows: number; draws: number }): Promise<CompletionSession> {
    const { gpu, shape } = network;
    const { rows, draws } = sizes;
    const [d, p] = [shape.features, shape.columns.length - shape.features];
    const word = (): DeviceTensor => deviceTensor(gpu, [2], undefined, { dtype: "u32" });
    const inputs = { x: deviceTensor(gpu, [rows, d]), observed: deviceTensor(gpu, [rows, d]), key: word(), cellsKey: word(), truthY: deviceTensor(gpu, [rows, p]) };
    const tape = new Tape();
    const theta = recordCompletion(tape, network, inputs, sizes);
    const sampled = network.likelihood.sample(theta, tape.read(inputs.cellsKey));
    const each = (tensor: DeviceTensor) => perChain(tape.read(tensor), draws);
    const decode = await compile(gpu, {
      x: where(each(inputs.observed), each(inputs.x), slice(sampled, 1, 0, d)),
      y: slice(sampled, 1, d, d + p),
      thetaY: slice(theta, 1, d, d + p),
    });
    const scoring = new Tape();
    const likelihood = new MixedLikelihood(gpu, shape.columns.slice(d), 1);
    const thetaY = scoring.read(decode.outputs.thetaY);
    const own = slice(thetaY, -1, 0, likelihood.params);
    const score = await compile(gpu, { logProbY: sum(likelihood.logProb(reshape(own, [rows * draws, p, likelihood.params]), perChain(scoring.read(inputs.truthY), draws)), 1) });
    return new CompletionSession(network, targets, sizes, inputs, decode, score);
  }

  /** Throws RangeError for another number of rows, DeviceError. */
  async draw(known: KnownRows, key: Key): Promise<SessionDraws> {
    const { rows, draws } = this.sizes;
    if (known.rows !== rows) throw new RangeError(`[draw] the session is open for ${rows} rows, got ${known.rows}.`);
    const { gpu, shape } = this.network;
    this.inputs.x.write(known.x);
    this.inputs.observed.write(known.observed);
    this.inputs.key.write(key);
    this.inputs.cellsKey.write(foldKey(key, 1));
    submit(gpu, [this.decode]);
    const { x, y, thetaY } = this.decode.outputs;
    return sessionDraws({ rows, draws, features: shape.features }, this.targets, key, {
      x,
      y,
      effective: new Float64Array(rows).fill(Number.NaN),
      targetParts: async () => [targetPart(draws, shape.columns.slice(shape.features), 1, await thetaY.read())],
      targetLogProb: async (truth) => {
        this.inputs.truthY.write(truth);
        submit(gpu, [this.score]);
        return this.score.outputs.logProbY.read();
      },
    });
  }

  destroy(): void {
    for (const program of [this.decode, this.score]) program.destroy();
    for (const tensor of Object.values(this.inputs)) tensor.destroy();
  }
}
