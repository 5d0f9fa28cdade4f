import { add, broadcastTo, compile, concat, deviceTensor, div, equal, floor, foldIn, greater, maximum, minimum, mul, randomNormal, randomUniform, reshape, slice, sub, sum, Tape, toFloat, where, type DeviceTensor, type Program, type Tensor } from "../../autodiff/index.ts";
import { submit } from "../../gpu/dispatch.ts";
import { foldIn as foldKey, type Key } from "../../math/key.ts";
import { perChain } from "../density.ts";
import { reparameterise } from "../gaussian.ts";
import type { CompletionNetwork } from "./completion-network.ts";
import { eachMember, memberDraws, sideBySide, type CompletionInputs } from "./completion-sampler.ts";

/** Turns in which features are drawn at most: with more hidden ones, some are drawn side by side. */
export const mostTurns = 8;

/** Tags of the keys derived from the key of a draw. */
const tags = { order: 1, turn: 2 } as const;

/**
 * Joint draws of a completion network: hidden entries are drawn one after another, each given those before it, in an order of its own for every draw; targets come last. A network that
 * is trained on random masks knows the conditionals of every order, and the average over orders treats all columns alike. (Uria, Murray and Larochelle 2014; Hoogeboom et al. 2022)
 */
export class DrawInTurn {
  private constructor(
    private readonly network: CompletionNetwork,
    /** Entries known or drawn so far [rows S, C]. */
    readonly x: DeviceTensor,
    private readonly turn: DeviceTensor,
    private readonly key: DeviceTensor,
    private readonly begin: Program,
    private readonly next: Program,
  ) {}

  /** inputs: rows to complete, read at each draw. */
  static async create(network: CompletionNetwork, inputs: Omit<CompletionInputs, "key">, { rows, draws }: { rows: number; draws: number }): Promise<DrawInTurn> {
    const { gpu, shape } = network;
    const columns = shape.columns.length;
    const chains = rows * draws;
    const state = { x: deviceTensor(gpu, [chains, columns]), observed: deviceTensor(gpu, [chains, columns]), turns: deviceTensor(gpu, [chains, columns]) };
    const turn = deviceTensor(gpu, [], [0], { dtype: "u32" });
    const key = deviceTensor(gpu, [2], undefined, { dtype: "u32" });
    const start = new Tape();
    const known = sideBySide(start, network, inputs, rows);
    const observed = perChain(known.observed, draws);
    const begin = await compile(gpu, { x: perChain(known.x, draws), observed, turns: turnsOf(start, observed, shape.features, start.read(key)) }, { into: state });

    const tape = new Tape();
    const [x, seen, turns] = [tape.read(state.x), tape.read(state.observed), tape.read(state.turns)];
    const own = foldIn(tape.read(key), tape.read(turn));
    // every draw sees other entries, so that all of a network runs for each
    const theta = eachMember(network, { rows, draws }, (member, count, m) => {
      const first = memberDraws(network, draws).slice(0, m).reduce((a, b) => a + b, 0);
      const ofMember = (t: Tensor): Tensor => (count === draws ? t : reshape(slice(reshape(t, [rows, draws, columns]), 1, first, first + count), [rows * count, columns]));
      const entries = network.known(ofMember(x), ofMember(seen));
      const q = member.encoder(entries);
      return member.decoder(reparameterise(q, randomNormal(foldIn(own, 1 + m), q.mean.shape)), entries);
    });
    const now = equal(turns, broadcastTo(reshape(toFloat(tape.read(turn)), [1, 1]), turns.shape));
    const next = await compile(gpu, { x: where(now, network.likelihood.sample(theta, own), x), observed: maximum(seen, now) }, { into: { x: state.x, observed: state.observed } });
    return new DrawInTurn(network, state.x, turn, key, begin, next);
  }

  /** Draws anew; hidden: the most features, and the most targets, that are hidden in a row. */
  draw(key: Key, hidden: { features: number; targets: number }): void {
    const { gpu } = this.network;
    this.key.write(foldKey(key, tags.order));
    submit(gpu, [this.begin]);
    this.key.write(foldKey(key, tags.turn));
    const turns = Math.min(mostTurns, hidden.features) + hidden.targets;
    for (let t = 0; t < turns; t++) {
      this.turn.write([t]);
      submit(gpu, [this.next]);
    }
  }

  destroy(): void {
    this.begin.destroy();
    this.next.destroy();
    for (const tensor of [this.turn, this.key]) tensor.destroy();
  }
}

/**
 * The turn in which each hidden entry is drawn, -1 for those seen: features in random order, at most `mostTurns` of them, then targets one by one. observed [N, C] -> [N, C]
 */
function turnsOf(tape: Tape, observed: Tensor, features: number, key: Tensor): Tensor {
  const [n, columns] = observed.shape;
  const targets = columns - features;
  const u = randomUniform(key, [n, columns]);
  /** How many hidden entries of the same kind come earlier. */
  const rank = (first: number, count: number): { rank: Tensor; hidden: Tensor; number: Tensor } => {
    const own = slice(u, 1, first, first + count);
    const hidden = sub(1, slice(observed, 1, first, first + count));
    const pairs = [n, count, count] as const;
    const earlier = greater(broadcastTo(reshape(own, [n, count, 1]), pairs), broadcastTo(reshape(own, [n, 1, count]), pairs));
    return { rank: sum(mul(earlier, broadcastTo(reshape(hidden, [n, 1, count]), pairs)), 2), hidden, number: reshape(sum(hidden, 1), [n, 1]) };
  };
  const x = rank(0, features);
  const turns = minimum(x.number, mostTurns);
  // floor(rank turns / number): as many entries in each turn as may be; a little is added against rounding
  const featureTurns = floor(add(div(mul(x.rank, broadcastTo(turns, [n, features])), broadcastTo(maximum(x.number, 1), [n, features])), 1e-4));
  const ofFeatures = where(x.hidden, featureTurns, -1);
  if (targets === 0) return ofFeatures;
  const y = rank(features, targets);
  return concat([ofFeatures, where(y.hidden, add(y.rank, broadcastTo(turns, [n, targets])), -1)], 1);
}
