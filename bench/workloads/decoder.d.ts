/**
 * The log-density of a decoder 15-256-26 for many chains of one row:
 *
 *   log p(eps) = sum_{d observed} log N(z_d; decoder(eps)_d, v) + log N(eps; 0, I)
 */
export declare const decoder: {
    readonly latents: 15;
    readonly hidden: 256;
    readonly features: 26;
    readonly variance: 0.1;
    readonly stepSize: 0.02;
    readonly leapfrogSteps: 5;
};
export declare const decoderShapes: readonly (readonly number[])[];
export declare function decoderWeights(): Float32Array<ArrayBuffer>[];
export declare function decoderRow(): {
    z: Float32Array<ArrayBuffer>;
    observed: Float32Array<ArrayBuffer>;
};
export declare function decoderStart(chains: number): {
    position: Float32Array<ArrayBuffer>;
    momentum: Float32Array<ArrayBuffer>;
};
/** Log-density and gradient of one chain in float64. */
export declare function decoderDensity(eps: ArrayLike<number>): {
    logDensity: number;
    gradient: Float64Array;
};
/** Where five leapfrog steps lead one chain, in float64. */
export declare function decoderLeapfrog(position: ArrayLike<number>, momentum: ArrayLike<number>): {
    position: Float64Array;
    momentum: Float64Array;
};
