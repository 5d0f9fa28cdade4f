import { add, broadcastTo, compile, concat, deviceTensor, div, logSumExp, mul, reshape, sub, sum, Tape, transpose, where, type DeviceTensor, type Program } from "../../autodiff/index.ts";
import { submit } from "../../gpu/dispatch.ts";
import type { Key } from "../../math/key.ts";
import { perChain } from "../latent/density.ts";
import type { CompletionNetwork } from "./completion-network.ts";
import { recordCompletion } from "./completion-draws.ts";
import type { Guesses, HeldBack } from "./held-back.ts";

/** Draws of z behind the guesses of all rows together, and of one row at most. */
const [drawsInAll, mostDraws] = [3000, 12];

/** The completion network's guesses of the rows held back, again and again as its weights change; compiled once. */
export class CompletionGuess {
  private constructor(
    private readonly network: CompletionNetwork,
    private readonly inputs: readonly DeviceTensor[],
    private readonly coolness: DeviceTensor,
    private readonly program: Program<"mean" | "logProb" | "joint" | "logits">,
    private readonly centre: Float32Array,
    private readonly draws: number,
  ) {}

  /** centre: the logits to which a temperature draws, [C, params]. */
  static async create(network: CompletionNetwork, heldBack: HeldBack, centre: Float32Array, key: Key): Promise<CompletionGuess> {
    const { gpu, shape } = network;
    const { rows, features: d, targets: p } = heldBack;
    const columns = shape.columns.length;
    const draws = Math.max(4, Math.min(mostDraws, Math.floor(drawsInAll / rows)));
    const array = (width: number, values: ArrayLike<number>): DeviceTensor => deviceTensor(gpu, [rows, width], values);
    const inputs = { x: array(d, heldBack.x), observed: array(d, heldBack.shown), key: deviceTensor(gpu, [2], key, { dtype: "u32" }) };
    const y = p > 0 ? array(p, heldBack.y) : undefined;
    const coolness = deviceTensor(gpu, [1], [1], { label: "1 / temperature" });
    const tape = new Tape();
    // c + (logits - c) / T
    const middle = deviceTensor(gpu, [columns, centre.length / columns], centre, { label: "logits of the training rows" });
    const logits = recordCompletion(tape, network, inputs, { rows, draws });
    const theta = add(mul(sub(logits, tape.read(middle)), reshape(tape.read(coolness), [1, 1, 1])), tape.read(middle));
    const truth = perChain(y ? concat([tape.read(inputs.x), tape.read(y)], 1) : tape.read(inputs.x), draws);
    const perDraw = reshape(network.likelihood.logProb(theta, truth), [rows, draws, columns]);
    const scored = deviceTensor(gpu, [rows, columns], heldBack.scored, { label: "scored" });
    // log 1/K sum_k prod_d p(x_d | z_k, x_O) over what is scored of a row
    const together = where(broadcastTo(reshape(tape.read(scored), [rows, 1, columns]), [rows, draws, columns]), perDraw, 0);
    const program = await compile(gpu, {
      logits,
      joint: sub(logSumExp(sum(together, -1), -1), Math.log(draws)),
      mean: div(sum(reshape(network.likelihood.point(theta), [rows, draws, columns]), 1), draws),
      logProb: sub(logSumExp(transpose(perDraw, [0, 2, 1]), -1), Math.log(draws)),
    });
    return new CompletionGuess(network, [...Object.values(inputs), ...(y ? [y] : []), coolness, middle, scored], coolness, program, centre, draws);
  }

  async guess(temperature = 1): Promise<Guesses> {
    this.coolness.write([1 / temperature]);
    submit(this.network.gpu, [this.program]);
    const { mean, logProb, joint } = this.program.outputs;
    return { mean: await mean.read(), logProb: await logProb.read(), joint: await joint.read() };
  }

  /** What the last guess, or one at another temperature, is made of: the likelihood parameters of each column at each draw of each row, [rows, S, C, params]. */
  async thetas(temperature: number): Promise<{ draws: number; theta: Float32Array }> {
    const { centre, draws } = this;
    const logits = await this.program.outputs.logits.read();
    return { draws, theta: logits.map((logit, i) => centre[i % centre.length] + (logit - centre[i % centre.length]) / temperature) };
  }

  destroy(): void {
    this.program.destroy();
    for (const tensor of this.inputs) tensor.destroy();
  }
}
