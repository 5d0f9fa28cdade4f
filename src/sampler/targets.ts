import { add, concat, exp, logSumExp, mul, reshape, sin, slice, square, sub, type Tensor } from "../autodiff/index.ts";
import type { LogDensity } from "./hmc-chain.ts";

/** A density in the plane whose moments are known: to see a sampler succeed or fail. */
export interface PlanarTarget {
  readonly logDensity: LogDensity;
  /** Of the target. */
  readonly mean: readonly [number, number];
  readonly standardDeviation: readonly [number, number];
  /** E log p under the target itself: what the mean log density of exact draws comes to. */
  readonly expectedLogDensity: number;
  /** The Gaussian, of independent coordinates, that chains start from, as they start from an encoder's. */
  readonly start: { readonly mean: readonly [number, number]; readonly standardDeviation: readonly [number, number] };
  /** Where the mass is: bounds of x and of y. */
  readonly window: { readonly x: readonly [number, number]; readonly y: readonly [number, number] };
}

export type PlanarTargetName = "banana" | "mixture" | "wave";

const logRootTwoPi = 0.5 * Math.log(2 * Math.PI);

/** x ~ N(0, 1.5^2), y given x ~ N(0.6 (x^2 - 1.5^2), 0.4^2): a curved ridge, thin against its length. */
function banana(position: Tensor): Tensor {
  const [x, y] = coordinates(position);
  const bent = sub(y, mul(0.6, sub(square(x), 1.5 ** 2)));
  return sub(add(mul(-0.5 / 1.5 ** 2, square(x)), mul(-0.5 / 0.4 ** 2, square(bent))), Math.log(1.5 * 0.4) + 2 * logRootTwoPi);
}

/** Eight equal Gaussians of deviation 0.25 on a circle of radius 2. */
function mixture(position: Tensor): Tensor {
  const [x, y] = coordinates(position);
  const parts = Array.from({ length: 8 }, (_, i) => {
    const angle = (i * Math.PI) / 4;
    const distance = add(square(sub(x, 2 * Math.cos(angle))), square(sub(y, 2 * Math.sin(angle))));
    return mul(-0.5 / 0.25 ** 2, distance);
  });
  return sub(logSumExp(sideBySide(parts), 1), Math.log(8) + 2 * Math.log(0.25) + 2 * logRootTwoPi);
}

/**
 * Two waves that part and meet again: w2 and w3 of Rezende and Mohamed (2015), y = -sin(pi x / 2) and the same raised by
 * 3 exp(-((x - 1) / 0.6)^2 / 2), of width 0.35. Theirs goes on for ever along x; here x is kept by N(0, 2^2).
 */
function wave(position: Tensor): Tensor {
  const [x, y] = coordinates(position);
  const below = add(y, sin(mul(0.5 * Math.PI, x)));
  const raise = mul(3, exp(mul(-0.5 / 0.6 ** 2, square(sub(x, 1)))));
  const branches = [below, sub(below, raise)].map((distance) => mul(-0.5 / 0.35 ** 2, square(distance)));
  // each branch has the same mass at any x
  return add(logSumExp(sideBySide(branches), 1), sub(mul(-0.5 / 2 ** 2, square(x)), Math.log(2) + Math.log(0.35 * 2) + 2 * logRootTwoPi));
}

/** The targets by name; all densities are normalised. */
export const planarTargets: Readonly<Record<PlanarTargetName, PlanarTarget>> = {
  banana: {
    logDensity: banana,
    mean: [0, 0],
    // var y = 0.4^2 + 2 * 0.6^2 * 1.5^4
    standardDeviation: [1.5, Math.sqrt(0.16 + 0.72 * 1.5 ** 4)],
    expectedLogDensity: -1 - Math.log(1.5 * 0.4) - 2 * logRootTwoPi,
    start: { mean: [0, 0], standardDeviation: [0.3, 0.3] },
    window: { x: [-4.6, 4.6], y: [-2.8, 7.4] },
  },
  mixture: {
    logDensity: mixture,
    mean: [0, 0],
    standardDeviation: [Math.sqrt(2 + 0.25 ** 2), Math.sqrt(2 + 0.25 ** 2)],
    // by quadrature, as that of the wave
    expectedLogDensity: -2.13843118,
    start: { mean: [0, 0], standardDeviation: [0.3, 0.3] },
    window: { x: [-3.4, 3.4], y: [-3.4, 3.4] },
  },
  wave: {
    logDensity: wave,
    // by quadrature
    mean: [0, 0.38432165],
    standardDeviation: [2, 0.89231229],
    expectedLogDensity: -2.72294414,
    start: { mean: [0, 0], standardDeviation: [0.5, 0.5] },
    window: { x: [-5, 5], y: [-3, 4.5] },
  },
};

/** [N, 2] -> x and y [N]. */
function coordinates(position: Tensor): [Tensor, Tensor] {
  const [n] = position.shape;
  const column = (i: number): Tensor => reshape(slice(position, 1, i, i + 1), [n]);
  return [column(0), column(1)];
}

/** Tensors [N] as columns [N, C]. */
function sideBySide(columns: readonly Tensor[]): Tensor {
  return concat(columns.map((column) => reshape(column, [column.shape[0], 1])), 1);
}
