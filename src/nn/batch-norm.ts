import { add, div, mul, reshape, sqrt, square, sub, sum, type Tensor } from "../autodiff/index.ts";
const eps = 1e-5;
export interface Affine { scale: Tensor; shift: Tensor }
export interface Statistics { mean: Tensor; variance: Tensor }
export function batchNorm(x: Tensor, { scale, shift }: Affine, { mean, variance }: Statistics): Tensor {
  const per = (t: Tensor): Tensor => reshape(t, [x.shape[1], 1, 1]);
  return add(mul(sub(x, per(mean)), per(div(scale, sqrt(add(variance, eps))))), per(shift));
}
export function trainBatchNorm(x: Tensor, affine: Affine, running: Statistics): { normalised: Tensor; running: Statistics } {
  const [n, , h, w] = x.shape;
  const count = n * h * w;
  const mean = div(sum(x, [0, 2, 3]), count);
  const centred = sub(x, reshape(mean, [x.shape[1], 1, 1]));
  const variance = div(sum(square(centred), [0, 2, 3]), count);
  const mix = (old: Tensor, now: Tensor): Tensor => add(mul(0.9, old), mul(0.1, now));
  return { normalised: batchNorm(x, affine, { mean, variance }), running: { mean: mix(running.mean, mean), variance: mix(running.variance, mul(count / Math.max(1, count - 1), variance)) } };
}
