import { pseudo } from "../numbers.ts";

/**
 * One training step of a small VAE, 28-256-20 and 10-256-13, batch 100:
 *
 *   (mu, log s^2) = W2 relu(W1 u + b1) + b2;  z = mu + s noise;  m = W4 relu(W3 z + b3) + b4
 *   loss = mean over rows of  sum_{d observed} (x_d - m_d)^2 / (2 v)  +  KL(N(mu, s^2) || N(0, I))
 *
 * and an update by Adam. Batch and noise are given and stay: only the library is timed.
 */
export const vae = { rows: 100, inputs: 28, hidden: 256, latents: 10, outputs: 13, variance: 0.1, learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

const { rows, inputs, hidden, latents, outputs } = vae;

/** W1, b1, W2, b2, W3, b3, W4, b4 with kernels [in, out]. */
export const vaeShapes: readonly (readonly number[])[] = [[inputs, hidden], [hidden], [hidden, 2 * latents], [2 * latents], [latents, hidden], [hidden], [hidden, outputs], [outputs]];

export function vaeWeights(): Float32Array<ArrayBuffer>[] {
  const fanIn = [inputs, inputs, hidden, hidden, latents, latents, hidden, hidden];
  return vaeShapes.map((shape, i) => pseudo(shape.reduce((size, length) => size * length, 1), i, fanIn[i] ** -0.5));
}

interface VaeBatch {
  u: Float32Array<ArrayBuffer>;
  x: Float32Array<ArrayBuffer>;
  observed: Float32Array<ArrayBuffer>;
  noise: Float32Array<ArrayBuffer>;
}

export function vaeBatch(): VaeBatch {
  return {
    u: pseudo(rows * inputs, 20, 2),
    x: pseudo(rows * outputs, 21, 2),
    observed: pseudo(rows * outputs, 22).map((value) => Number(value > -0.2)),
    noise: pseudo(rows * latents, 23, 2),
  };
}

/** The losses of the first steps in float64: what every contender has to show before it is timed. */
export function vaeLosses(steps: number): number[] {
  const weights = vaeWeights().map((w) => Float64Array.from(w));
  const moments = weights.map((w) => ({ m: new Float64Array(w.length), v: new Float64Array(w.length) }));
  const batch = vaeBatch();
  return Array.from({ length: steps }, (_, t) => {
    const { loss, gradients } = lossAndGradients(weights, batch);
    weights.forEach((w, i) => adam(w, gradients[i], moments[i], t + 1));
    return loss;
  });
}

function adam(w: Float64Array, gradient: Float64Array, { m, v }: { m: Float64Array; v: Float64Array }, step: number): void {
  const { beta1, beta2, learningRate, epsilon } = vae;
  for (let i = 0; i < w.length; i++) {
    m[i] = beta1 * m[i] + (1 - beta1) * gradient[i];
    v[i] = beta2 * v[i] + (1 - beta2) * gradient[i] ** 2;
    w[i] -= (learningRate * (m[i] / (1 - beta1 ** step))) / (Math.sqrt(v[i] / (1 - beta2 ** step)) + epsilon);
  }
}

function lossAndGradients(weights: readonly Float64Array[], batch: VaeBatch): { loss: number; gradients: Float64Array[] } {
  const [w1, b1, w2, b2, w3, b3, w4, b4] = weights;
  const gradients = weights.map((w) => new Float64Array(w.length));
  const [g1, gb1, g2, gb2, g3, gb3, g4, gb4] = gradients;
  let loss = 0;
  for (let r = 0; r < rows; r++) {
    const u = batch.u.subarray(r * inputs, (r + 1) * inputs);
    const h1 = affine(u, w1, b1).map((a) => Math.max(a, 0));
    const head = affine(h1, w2, b2);
    const noise = batch.noise.subarray(r * latents, (r + 1) * latents);
    const z = Float64Array.from(noise, (n, k) => head[k] + Math.exp(head[latents + k] / 2) * n);
    const h2 = affine(z, w3, b3).map((a) => Math.max(a, 0));
    const mean = affine(h2, w4, b4);
    const dMean = mean.map((m, d) => {
      const error = batch.observed[r * outputs + d] * (m - batch.x[r * outputs + d]);
      loss += (0.5 * error * error) / vae.variance / rows;
      return error / vae.variance / rows;
    });
    const dh2 = backward(h2, w4, dMean, g4, gb4).map((g, i) => (h2[i] > 0 ? g : 0));
    const dz = backward(z, w3, dh2, g3, gb3);
    const dHead = head.map((value, i) => {
      const k = i % latents;
      if (i < latents) {
        loss += (0.5 * value * value) / rows;
        return dz[k] + value / rows;
      }
      loss += (0.5 * (Math.exp(value) - 1 - value)) / rows;
      return dz[k] * 0.5 * Math.exp(value / 2) * noise[k] + (0.5 * (Math.exp(value) - 1)) / rows;
    });
    const dh1 = backward(h1, w2, dHead, g2, gb2).map((g, i) => (h1[i] > 0 ? g : 0));
    backward(u, w1, dh1, g1, gb1);
  }
  return { loss, gradients };
}

/** x W + b. */
export function affine(x: ArrayLike<number>, w: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const out = Float64Array.from(b);
  for (let i = 0; i < x.length; i++) for (let j = 0; j < b.length; j++) out[j] += x[i] * w[i * b.length + j];
  return out;
}

/** Adds the gradients of W and b, returns that of x. */
function backward(x: ArrayLike<number>, w: ArrayLike<number>, g: Float64Array, dw: Float64Array, db: Float64Array): Float64Array {
  const dx = new Float64Array(x.length);
  for (let j = 0; j < g.length; j++) db[j] += g[j];
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < g.length; j++) {
      dw[i * g.length + j] += x[i] * g[j];
      dx[i] += w[i * g.length + j] * g[j];
    }
  }
  return dx;
}
