/**
 * One training step of a small VAE, 28-256-20 and 10-256-13, batch 100:
 *
 *   (mu, log s^2) = W2 relu(W1 u + b1) + b2;  z = mu + s noise;  m = W4 relu(W3 z + b3) + b4
 *   loss = mean over rows of  sum_{d observed} (x_d - m_d)^2 / (2 v)  +  KL(N(mu, s^2) || N(0, I))
 *
 * and an update by Adam. Batch and noise are given and stay: only the library is timed.
 */
export declare const vae: {
    readonly rows: 100;
    readonly inputs: 28;
    readonly hidden: 256;
    readonly latents: 10;
    readonly outputs: 13;
    readonly variance: 0.1;
    readonly learningRate: 0.001;
    readonly beta1: 0.9;
    readonly beta2: 0.999;
    readonly epsilon: 1e-8;
};
/** W1, b1, W2, b2, W3, b3, W4, b4 with kernels [in, out]. */
export declare const vaeShapes: readonly (readonly number[])[];
export declare function vaeWeights(): Float32Array<ArrayBuffer>[];
export interface VaeBatch {
    u: Float32Array<ArrayBuffer>;
    x: Float32Array<ArrayBuffer>;
    observed: Float32Array<ArrayBuffer>;
    noise: Float32Array<ArrayBuffer>;
}
export declare function vaeBatch(): VaeBatch;
/** The losses of the first steps in float64: what every contender has to show before it is timed. */
export declare function vaeLosses(steps: number): number[];
/** x W + b. */
export declare function affine(x: ArrayLike<number>, w: ArrayLike<number>, b: ArrayLike<number>): Float64Array;
