import * as ad from "../../../src/autodiff/index.ts";
import type { Tensor } from "../../../src/autodiff/index.ts";

/** A function of one number: on the tape, and in float64 with its first two derivatives; `kinks`: where it has none. */
export interface Elementwise {
  name: string;
  tensor(x: Tensor): Tensor;
  jet(x: number): readonly [number, number, number];
  kinks?: readonly number[];
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const logisticJet = (x: number): readonly [number, number, number] => {
  const s = logistic(x);
  return [s, s * (1 - s), s * (1 - s) * (1 - 2 * s)];
};

/** Functions that are bounded, or grow slowly, so that programs of them stay within float32; logarithm, root and quotient behind x^2 + 1/2. */
export const elementwise: readonly Elementwise[] = [
  { name: "neg", tensor: ad.neg, jet: (x) => [-x, -1, 0] },
  { name: "tanh", tensor: ad.tanh, jet: (x) => [Math.tanh(x), 1 - Math.tanh(x) ** 2, -2 * Math.tanh(x) * (1 - Math.tanh(x) ** 2)] },
  { name: "sigmoid", tensor: ad.sigmoid, jet: logisticJet },
  { name: "softplus", tensor: ad.softplus, jet: (x) => [Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), logistic(x), logisticJet(x)[1]] },
  { name: "sin", tensor: ad.sin, jet: (x) => [Math.sin(x), Math.cos(x), -Math.sin(x)] },
  { name: "cos", tensor: ad.cos, jet: (x) => [Math.cos(x), -Math.sin(x), -Math.cos(x)] },
  { name: "exp of tanh", tensor: (x) => ad.exp(ad.tanh(x)), jet: (x) => composed(Math.tanh(x), 1 - Math.tanh(x) ** 2, -2 * Math.tanh(x) * (1 - Math.tanh(x) ** 2), (t) => [Math.exp(t), Math.exp(t), Math.exp(t)]) },
  { name: "expm1 of sin", tensor: (x) => ad.expm1(ad.sin(x)), jet: (x) => composed(Math.sin(x), Math.cos(x), -Math.sin(x), (t) => [Math.expm1(t), Math.exp(t), Math.exp(t)]) },
  { name: "log of x^2 + 1/2", tensor: (x) => ad.log(ad.add(ad.square(x), 0.5)), jet: (x) => composed(x * x + 0.5, 2 * x, 2, (t) => [Math.log(t), 1 / t, -1 / (t * t)]) },
  { name: "log1p of x^2", tensor: (x) => ad.log1p(ad.square(x)), jet: (x) => composed(x * x, 2 * x, 2, (t) => [Math.log1p(t), 1 / (1 + t), -1 / (1 + t) ** 2]) },
  { name: "sqrt of x^2 + 1/2", tensor: (x) => ad.sqrt(ad.add(ad.square(x), 0.5)), jet: (x) => composed(x * x + 0.5, 2 * x, 2, (t) => [Math.sqrt(t), 0.5 / Math.sqrt(t), -0.25 / t ** 1.5]) },
  { name: "reciprocal of x^2 + 1/2", tensor: (x) => ad.reciprocal(ad.add(ad.square(x), 0.5)), jet: (x) => composed(x * x + 0.5, 2 * x, 2, (t) => [1 / t, -1 / (t * t), 2 / t ** 3]) },
  { name: "relu", tensor: ad.relu, jet: (x) => (x > 0 ? [x, 1, 0] : [0, 0, 0]), kinks: [0] },
  { name: "abs", tensor: ad.abs, jet: (x) => (x > 0 ? [x, 1, 0] : [-x, -1, 0]), kinks: [0] },
  { name: "clamp", tensor: (x) => ad.clamp(x, -0.5, 0.7), jet: (x) => (x > -0.5 && x < 0.7 ? [x, 1, 0] : [x < 0 ? -0.5 : 0.7, 0, 0]), kinks: [-0.5, 0.7] },
];

/** f(u) of u with its derivatives u', u''. */
function composed(u: number, du: number, ddu: number, f: (u: number) => readonly [number, number, number]): readonly [number, number, number] {
  const [value, d, dd] = f(u);
  return [value, d * du, dd * du * du + d * ddu];
}
