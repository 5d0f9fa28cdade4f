import { broadcastTo, equal, exp, foldIn, greater, iota, logSumExp, maximum, minimum, mul, randomUniform, reshape, square, sub, sum, where, type Tensor } from "../autodiff/index.ts";
import { levelAt, oneHot } from "./categorical.ts";
import { firstEntry } from "./gaussian.ts";
import { learned } from "./learned-gaussian.ts";
import type { Likelihood, LogProbOptions } from "./likelihood.ts";

/** Squared distance on the coded scale below which a value is an atom's. */
export const atomDistance = 1e-8;

/** The logits of everything else, of which 0 is the Gaussian's, and of each atom: theta [..., C] -> [..., C], entry 1 belongs to nothing. */
function choiceLogits(theta: Tensor, { allowed }: LogProbOptions): Tensor {
  const last = theta.shape.length - 1;
  const place = iota(theta.tape, theta.shape, last);
  const isChoice = mul(greater(place, 1.5), broadcastTo(allowed, theta.shape));
  return where(isChoice, theta, where(equal(place, 0), 0, -1e9));
}

/** A tensor of the column, [D], for values [..., D]. */
function each(tensor: Tensor, x: Tensor): Tensor {
  return broadcastTo(tensor, x.shape);
}

/**
 * Some values have a probability of their own, beside which a number is Gaussian with mean theta_0 and variance exp(theta_1): P(atom a) = e^(theta_(2+a)) / (1 + sum_b e^(theta_(2+b))).
 * An atom counts as spread over what is nearest to it, so that its density and that of other columns' bins are of one kind. With the one atom 0 this is a hurdle model
 * (Cragg 1971). Draws of the Gaussian stay on their side of an atom at the end of the range, and within the limits of draws.
 */
export const spiked: Likelihood = {
  kind: "spiked",
  continuous: true,
  numParams: (atoms) => 2 + atoms,
  logProb: (theta, x, options) => {
    const { value, logWidth } = options.atoms!;
    const logits = choiceLogits(theta, options);
    const spread = (t: Tensor): Tensor => broadcastTo(t, theta.shape);
    const distance = sub(broadcastTo(reshape(x, [...x.shape, 1]), theta.shape), spread(value));
    const isAtom = greater(atomDistance, square(distance));
    const atom = sum(mul(isAtom, sub(where(isAtom, logits, 0), spread(logWidth))), -1);
    return sub(where(sum(isAtom, -1), atom, learned.logProb(theta, x, options)), logSumExp(logits, -1));
  },
  sample: (theta, key, options) => {
    const { value, least, largest } = options.atoms!;
    const logits = choiceLogits(theta, options);
    const choice = levelAt(logits, randomUniform(foldIn(key, 1), theta.shape), theta.tape.fill(1, [1]));
    const chosen = oneHot(choice, theta.shape[theta.shape.length - 1]);
    const atom = sum(mul(chosen, broadcastTo(value, theta.shape)), -1);
    const number = learned.sample(theta, key, options);
    return where(greater(choice, 0.5), atom, maximum(each(least, number), minimum(each(largest, number), number)));
  },
  // the mean
  point: (theta, options) => {
    const logits = choiceLogits(theta, options);
    const last = theta.shape.length - 1;
    const place = iota(theta.tape, theta.shape, last);
    const probability = exp(sub(logits, broadcastTo(reshape(logSumExp(logits, -1), [...theta.shape.slice(0, last), 1]), theta.shape)));
    const centre = broadcastTo(reshape(firstEntry(theta), [...theta.shape.slice(0, last), 1]), theta.shape);
    return sum(mul(probability, where(equal(place, 0), centre, broadcastTo(options.atoms!.value, theta.shape))), -1);
  },
};
