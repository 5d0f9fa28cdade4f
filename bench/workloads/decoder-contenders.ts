import type { Jax } from "../competitors/jax.ts";
import type { Library, Tfjs } from "../competitors/tfjs.ts";
import { decoder, decoderRow, decoderShapes, decoderWeights } from "./decoder.ts";

const { variance, features } = decoder;

/** Gradient [N, K] of the log-densities by position in TensorFlow.js. */
export function tfjsGradient({ tf }: Tfjs, tensor: (data: Float32Array, shape: readonly number[]) => Library): (position: Library) => Library {
  const [w1, b1, w2, b2] = decoderWeights().map((weight, i) => tensor(weight, decoderShapes[i]));
  const { z, observed } = decoderRow();
  const [zTensor, seen] = [tensor(z, [features]), tensor(observed, [features])];
  return tf.grad((eps: Library) => {
    const mean = tf.add(tf.matMul(tf.relu(tf.add(tf.matMul(eps, w1), b1)), w2), b2);
    const error = tf.sum(tf.mul(seen, tf.square(tf.sub(zTensor, mean))));
    return tf.sub(tf.mul(error, -0.5 / variance), tf.mul(tf.sum(tf.square(eps)), 0.5));
  });
}

/** Weights and row for the functions below, in their order. */
export function jaxConstants(jax: Jax): Library[] {
  const { z, observed } = decoderRow();
  return [...decoderWeights().map((weight, i) => jax.array(weight, [...decoderShapes[i]])), jax.array(z, [features]), jax.array(observed, [features])];
}

/** The same in jax-js: gradient(position, ...constants), which takes what it is given. */
export function jaxGradient({ jax }: Jax): (position: Library, ...constants: Library[]) => Library {
  const { numpy: np, nn, grad } = jax;
  return grad((eps: Library, w1: Library, b1: Library, w2: Library, b2: Library, z: Library, seen: Library) => {
    const mean = np.matmul(nn.relu(np.matmul(eps.ref, w1).add(b1)), w2).add(b2);
    const error = z.sub(mean);
    const fit = seen.mul(error.ref.mul(error)).sum().mul(-0.5 / variance);
    return fit.sub(eps.ref.mul(eps).sum().mul(0.5));
  });
}
