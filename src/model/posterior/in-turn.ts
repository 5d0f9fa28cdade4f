import { add, broadcastTo, compile, concat, deviceTensor, div, equal, floor, foldIn, greater, maximum, minimum, mul, randomUniform, reshape, slice, sub, sum, Tape, toFloat, where, type DeviceTensor, type Program, type Tensor } from "../../autodiff/index.ts";
import { submit } from "../../gpu/dispatch.ts";
import type { Gpu } from "../../gpu/device.ts";
import { foldIn as foldKey, type Key } from "../../math/key.ts";
import type { KnownRows } from "../answers/conditional.ts";
import { perChain } from "../latent/density.ts";
import { noTargets } from "./joint-draws.ts";

/** Turns in which features are drawn at most: with more hidden ones, some are drawn side by side. */
export const mostTurns = 8;

/** Tags of the keys derived from the key of a draw. */
const tags = { order: 1, turn: 2 } as const;

/** Features [rows, D] and, where targets that are known are seen too, targets [rows, P], on the device. */
export interface KnownEntries {
  x: DeviceTensor;
  observed: DeviceTensor;
  y?: DeviceTensor;
  observedY?: DeviceTensor;
}

/** Loads what is known of rows; targets that are not told are hidden. */
export function writeKnown({ x, observed, y, observedY }: KnownEntries, known: KnownRows): void {
  x.write(known.x);
  observed.write(known.observed);
  y?.write(known.y ?? new Float32Array(y.size));
  observedY?.write(known.observedY ?? new Float32Array(observedY.size));
}

/** The most features and the most of P targets that are hidden in any row, of what was loaded. */
export function hiddenOf(entries: KnownEntries, { rows, observed, observedY }: KnownRows, targets: number): { features: number; targets: number } {
  return { features: mostHidden(observed, rows), targets: entries.y && observedY ? mostHidden(observedY, rows) : targets };
}

/** Features and targets side by side, targets hidden unless they are given: [rows, C] each. */
export function sideBySide(tape: Tape, { x, observed, y, observedY }: KnownEntries, { rows, targets }: { rows: number; targets: number }): { x: Tensor; observed: Tensor } {
  const joined = (features: DeviceTensor, own: DeviceTensor | undefined): Tensor =>
    targets === 0 ? tape.read(features) : concat([tape.read(features), own ? tape.read(own) : tape.fill(0, [rows, targets])], 1);
  return { x: joined(x, y), observed: joined(observed, observedY) };
}

/** What is drawn for, and by which model. */
interface TurnOptions {
  rows: number;
  /** S, draws of each row. */
  draws: number;
  /** D and P. */
  features: number;
  targets: number;
  /** Rows to complete, read at each draw. */
  known: KnownEntries;
  /** A draw of every entry given those with observed 1, each as if the others were not drawn: x, observed [rows S, C] -> [rows S, C]. Only those whose turn it is are kept. */
  sample(x: Tensor, observed: Tensor, key: Tensor): Tensor;
  /** The same for the first turn; default: as for the others. */
  first?(x: Tensor, observed: Tensor, key: Tensor): Tensor;
}

/**
 * Joint draws of a model that knows the conditionals of single entries: hidden entries are drawn one after another, each given those before it, in an order of its own for every draw;
 * targets come last. What is trained on random masks knows the conditionals of every order, and the average over orders treats all columns alike. (Uria, Murray and Larochelle 2014; Hoogeboom et al. 2022)
 */
export class DrawInTurn {
  private constructor(
    private readonly gpu: Gpu,
    /** Entries known or drawn so far [rows S, C]. */
    readonly x: DeviceTensor,
    private readonly turn: DeviceTensor,
    private readonly key: DeviceTensor,
    private readonly begin: Program,
    private readonly first: Program,
    private readonly next: Program,
    private readonly split: Program<"x" | "y">,
  ) {}

  static async create(gpu: Gpu, options: TurnOptions): Promise<DrawInTurn> {
    const { rows, draws, features, targets, known } = options;
    const shape = [rows * draws, features + targets];
    const state = { x: deviceTensor(gpu, shape), observed: deviceTensor(gpu, shape), turns: deviceTensor(gpu, shape) };
    const turn = deviceTensor(gpu, [], [0], { dtype: "u32" });
    const key = deviceTensor(gpu, [2], undefined, { dtype: "u32" });
    const start = new Tape();
    const given = sideBySide(start, known, { rows, targets });
    const observed = perChain(given.observed, draws);
    const begin = await compile(gpu, { x: perChain(given.x, draws), observed, turns: turnsOf(observed, features, start.read(key)) }, { into: state });

    const compileTurn = (sample: TurnOptions["sample"]): Promise<Program> => {
      const tape = new Tape();
      const [x, seen, turns] = [tape.read(state.x), tape.read(state.observed), tape.read(state.turns)];
      const now = equal(turns, broadcastTo(reshape(toFloat(tape.read(turn)), [1, 1]), turns.shape));
      const drawn = sample(x, seen, foldIn(tape.read(key), tape.read(turn)));
      return compile(gpu, { x: where(now, drawn, x), observed: maximum(seen, now) }, { into: { x: state.x, observed: state.observed } });
    };
    const next = await compileTurn(options.sample);
    const first = options.first ? await compileTurn(options.first) : next;
    const split = await compile(gpu, apart(new Tape().read(state.x), features));
    return new DrawInTurn(gpu, state.x, turn, key, begin, first, next, split);
  }

  /** Draws anew; hidden: the most features, and the most targets, that are hidden in a row. Returns features and targets apart. */
  draw(key: Key, hidden: { features: number; targets: number }): Record<"x" | "y", DeviceTensor> {
    const { gpu } = this;
    this.key.write(foldKey(key, tags.order));
    submit(gpu, [this.begin]);
    this.key.write(foldKey(key, tags.turn));
    const turns = Math.min(mostTurns, hidden.features) + hidden.targets;
    for (let t = 0; t < turns; t++) {
      this.turn.write([t]);
      submit(gpu, [t === 0 ? this.first : this.next]);
    }
    submit(gpu, [this.split]);
    return this.split.outputs;
  }

  destroy(): void {
    for (const program of new Set<Program>([this.begin, this.first, this.next, this.split])) program.destroy();
    for (const tensor of [this.turn, this.key]) tensor.destroy();
  }
}

/**
 * The turn in which each hidden entry is drawn, -1 for those seen: features in random order, at most `mostTurns` of them, then targets one by one. observed [N, C] -> [N, C]
 */
function turnsOf(observed: Tensor, features: number, key: Tensor): Tensor {
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

/** Features and targets of draws of all columns. */
export function apart(all: Tensor, features: number): Record<"x" | "y", Tensor> {
  const [chains, columns] = all.shape;
  return { x: slice(all, 1, 0, features), y: columns > features ? slice(all, 1, features, columns) : noTargets(all.tape, chains) };
}

/** The most entries that are hidden in any row: observed [rows, width]. */
export function mostHidden(observed: ArrayLike<number>, rows: number): number {
  const width = observed.length / rows;
  let most = 0;
  for (let row = 0; row < rows; row++) {
    let own = 0;
    for (let j = 0; j < width; j++) own += Number(observed[row * width + j] !== 1);
    most = Math.max(most, own);
  }
  return most;
}
