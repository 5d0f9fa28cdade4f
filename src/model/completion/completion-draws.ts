import { broadcastTo, concat, foldIn, randomNormal, reshape, slice, Tape, where, type DeviceTensor, type Tensor } from "../../autodiff/index.ts";
import { perChain } from "../latent/density.ts";
import { reparameterise, type Gaussian } from "../latent/gaussian.ts";
import { apart, sideBySide, type KnownEntries } from "../posterior/in-turn.ts";
import type { CompletionMember, CompletionNetwork } from "./completion-network.ts";

/** Beyond the members' numbers, so that the key of the cells is no member's. */
const cellsKey = 2 ** 30;

/** Rows to complete, and the key of their draws. */
export interface CompletionInputs extends KnownEntries {
  key: DeviceTensor;
}

/** How many of S draws each member gives: as evenly as may be; with fewer draws than members the last ones give none. */
function memberDraws({ members }: CompletionNetwork, draws: number): number[] {
  return members.map((_, m) => Math.floor((draws + members.length - 1 - m) / members.length));
}

/** Likelihood parameters of all columns at each of S draws of z per row, the members' draws side by side: [rows S, C, params]. */
export function recordCompletion(tape: Tape, network: CompletionNetwork, inputs: CompletionInputs, { rows, draws }: { rows: number; draws: number }): Tensor {
  const { x, observed } = sideBySide(tape, inputs, { rows, targets: network.shape.columns.length - network.shape.features });
  const known = network.known(x, observed);
  return eachMember(network, { rows, draws }, (member, own, m) => {
    const q = member.encoder(known);
    const each = (t: Tensor): Tensor => reshape(broadcastTo(reshape(t, [rows, 1, q.mean.shape[1]]), [rows, own, q.mean.shape[1]]), [rows * own, q.mean.shape[1]]);
    const z = reparameterise({ mean: each(q.mean), logVar: each(q.logVar) }, randomNormal(foldIn(tape.read(inputs.key), 1 + m), [rows * own, q.mean.shape[1]]));
    return member.decoder(z, known);
  });
}

/** What each member says at its own of S draws of each row, side by side: of(member, draws of a row) [rows own, C, params] -> [rows S, C, params]. */
export function eachMember(network: CompletionNetwork, { rows, draws }: { rows: number; draws: number }, of: (member: CompletionMember, own: number, m: number) => Tensor): Tensor {
  const counts = memberDraws(network, draws);
  const thetas = network.members.flatMap((member, m) => (counts[m] === 0 ? [] : [of(member, counts[m], m)]));
  if (thetas.length === 1) return thetas[0];
  const [, columns, params] = thetas[0].shape;
  const ofRow = thetas.map((theta) => reshape(theta, [rows, theta.shape[0] / rows, columns, params]));
  return reshape(concat(ofRow, 1), [rows * draws, columns, params]);
}

/** A draw of z for each row, all by the same noise, so that what is said of them differs by what is known alone: [B, k]. */
export function drawnAlike(q: Gaussian, key: Tensor): Tensor {
  return reparameterise(q, broadcastTo(randomNormal(key, [1, q.mean.shape[1]]), q.mean.shape));
}

/** What S draws of z say of every entry: likelihood parameters of features and targets, and log p of the truth. */
export function recordEntries(network: CompletionNetwork, inputs: CompletionInputs & Record<"truthX" | "truthY", DeviceTensor>, { rows, draws }: { rows: number; draws: number }): Record<string, Tensor> {
  const { features: d, columns } = network.shape;
  const c = columns.length;
  const tape = new Tape();
  const theta = recordCompletion(tape, network, inputs, { rows, draws });
  const truth = perChain(c > d ? concat([tape.read(inputs.truthX), tape.read(inputs.truthY)], 1) : tape.read(inputs.truthX), draws);
  const logProb = network.likelihood.logProb(theta, truth);
  const weighted = network.likelihood.logProb(theta, truth, { weighted: true });
  const ofFeatures = { thetaX: slice(theta, 1, 0, d), logProbX: slice(logProb, 1, 0, d), weightedLogProbX: slice(weighted, 1, 0, d) };
  return c === d ? ofFeatures : { ...ofFeatures, thetaY: slice(theta, 1, d, c), logProbY: slice(logProb, 1, d, c) };
}

/** Draws of z given what is known, and a draw of every entry given z; known ones as they are. */
export function recordDraws(network: CompletionNetwork, inputs: CompletionInputs, sizes: { rows: number; draws: number }): Record<string, Tensor> {
  const { features: d, columns } = network.shape;
  const tape = new Tape();
  const theta = recordCompletion(tape, network, inputs, sizes);
  const known = sideBySide(tape, inputs, { rows: sizes.rows, targets: columns.length - d });
  const all = where(perChain(known.observed, sizes.draws), perChain(known.x, sizes.draws), network.likelihood.sample(theta, foldIn(tape.read(inputs.key), cellsKey)));
  return { ...apart(all, d), ...(columns.length > d && { thetaY: slice(theta, 1, d, columns.length) }) };
}

/** A draw of every entry at each chain's own state: every draw sees other entries, so that all of a network runs for each. x, seen [rows S, C] -> [rows S, C] */
export function recordTurn(network: CompletionNetwork, x: Tensor, seen: Tensor, key: Tensor, { rows, draws }: { rows: number; draws: number }): Tensor {
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
