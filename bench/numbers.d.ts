/** Numbers in [-scale, scale) by a hash of their index, that torch/worker.py computes too. */
export declare function pseudo(count: number, seed: number, scale?: number): Float32Array<ArrayBuffer>;
/** Throws unless |got - expected| <= atol + rtol |expected| everywhere; NaN throws. */
export declare function expectNear(who: string, got: ArrayLike<number>, expected: ArrayLike<number>, { rtol, atol }: {
    rtol: number;
    atol: number;
}): void;
/** Three significant digits, without an exponent where that is readable. */
export declare function short(value: number): string;
