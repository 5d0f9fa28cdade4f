import { pseudo } from "../numbers.ts";
import { affine } from "./vae.ts";

/**
 * The log-density of a decoder 15-256-26 for many chains of one row:
 *
 *   log p(eps) = sum_{d observed} log N(z_d; decoder(eps)_d, v) + log N(eps; 0, I)
 */
export const decoder = { latents: 15, hidden: 256, features: 26, variance: 0.1, stepSize: 0.02, leapfrogSteps: 5 } as const;

const { latents, hidden, features, variance, stepSize, leapfrogSteps } = decoder;

export const decoderShapes: readonly (readonly number[])[] = [[latents, hidden], [hidden], [hidden, features], [features]];

export function decoderWeights(): Float32Array<ArrayBuffer>[] {
  const fanIn = [latents, latents, hidden, hidden];
  return decoderShapes.map((shape, i) => pseudo(shape.reduce((size, length) => size * length, 1), 30 + i, fanIn[i] ** -0.5));
}

export function decoderRow(): { z: Float32Array<ArrayBuffer>; observed: Float32Array<ArrayBuffer> } {
  return { z: pseudo(features, 40, 2), observed: pseudo(features, 41).map((value) => Number(value > -0.2)) };
}

export function decoderStart(chains: number): { position: Float32Array<ArrayBuffer>; momentum: Float32Array<ArrayBuffer> } {
  return { position: pseudo(chains * latents, 50, 1.5), momentum: pseudo(chains * latents, 51, 1.5) };
}

/** Log-density and gradient of one chain in float64. */
export function decoderDensity(eps: ArrayLike<number>): { logDensity: number; gradient: Float64Array } {
  const [w1, b1, w2, b2] = decoderWeights();
  const { z, observed } = decoderRow();
  const h = affine(eps, w1, b1).map((a) => Math.max(a, 0));
  const mean = affine(h, w2, b2);
  const log2Pi = Math.log(2 * Math.PI);
  let logDensity = 0;
  const gradient = new Float64Array(latents);
  const residual = mean.map((m, d) => {
    if (observed[d] === 0) return 0;
    logDensity -= 0.5 * ((z[d] - m) ** 2 / variance + log2Pi + Math.log(variance));
    return (z[d] - m) / variance;
  });
  for (let k = 0; k < latents; k++) {
    logDensity -= 0.5 * (eps[k] ** 2 + log2Pi);
    gradient[k] = -eps[k];
  }
  for (let i = 0; i < hidden; i++) {
    if (h[i] === 0) continue;
    let g = 0;
    for (let d = 0; d < features; d++) g += w2[i * features + d] * residual[d];
    for (let k = 0; k < latents; k++) gradient[k] += w1[k * hidden + i] * g;
  }
  return { logDensity, gradient };
}

/** Where five leapfrog steps lead one chain, in float64. */
export function decoderLeapfrog(position: ArrayLike<number>, momentum: ArrayLike<number>): { position: Float64Array; momentum: Float64Array } {
  const q = Float64Array.from(position);
  let { gradient } = decoderDensity(q);
  const p = Float64Array.from(momentum);
  for (let step = 0; step < leapfrogSteps; step++) {
    for (let k = 0; k < latents; k++) q[k] += stepSize * (p[k] += 0.5 * stepSize * gradient[k]);
    ({ gradient } = decoderDensity(q));
    for (let k = 0; k < latents; k++) p[k] += 0.5 * stepSize * gradient[k];
  }
  return { position: q, momentum: p };
}
