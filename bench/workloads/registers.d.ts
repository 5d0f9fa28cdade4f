import type { Gpu } from "../../src/gpu/device.ts";
import { type Dispatch } from "../../src/gpu/dispatch.ts";
export interface Registers {
    dispatch: Dispatch;
    /** Multiplications and additions of one run, each counted. */
    operations: number;
    destroy(): void;
}
/** Multiply-adds on registers alone, with `width` independent sums an invocation: what no kernel of multiply-adds can pass. */
export declare function registersOnly(gpu: Gpu, width: number, scale: number): Promise<Registers>;
