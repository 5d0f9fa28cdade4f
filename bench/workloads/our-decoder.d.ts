import type { Gpu } from "../../src/gpu/device.ts";
import { type FusedChain } from "../../src/sampler/fused/fused-chain.ts";
import type { FusedSpec } from "../../src/sampler/fused/spec.ts";
export interface OurDecoder {
    chain: FusedChain;
    spec: FusedSpec;
    destroy(): void;
}
/** Our fused chain: without transitions it computes log-density and gradient, with one also momenta and the Metropolis test. */
export declare function ourDecoder(gpu: Gpu, chains: number, transitions: number): Promise<OurDecoder>;
/** Our chain draws its own momenta: its density and gradient are checked where it ends, and that nearly all trajectories are accepted. */
export declare function checkOurDecoder(chain: FusedChain, start: Float32Array, checked: readonly number[]): Promise<void>;
