import { type Program } from "../../src/autodiff/index.ts";
import type { Gpu } from "../../src/gpu/device.ts";
/** Rows, inner size and columns of a product. */
export type Shape = readonly [m: number, k: number, n: number];
export interface Product {
    a: Float32Array<ArrayBuffer>;
    b: Float32Array<ArrayBuffer>;
    program: Program;
    /** Multiplications and additions of one run, each counted. */
    operations: number;
    /** Throws unless elements spread over the product are right. */
    check(who: string, got: ArrayLike<number>): void;
    /** Runs it and checks what it gives. */
    checkOurs(): Promise<void>;
    destroy(): void;
}
/** A product of two matrices as the tape compiles it. */
export declare function product(gpu: Gpu, shape: Shape): Promise<Product>;
/** One element of the product in float64. */
export declare function element(a: ArrayLike<number>, b: ArrayLike<number>, [, k, n]: Shape, index: number): number;
