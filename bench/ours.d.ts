import type { Gpu } from "../src/gpu/device.ts";
import { type Encodable } from "../src/gpu/dispatch.ts";
import { type Clock, type Contender } from "./measure.ts";
/** The name of our own column. */
export declare const ours = "ours";
/** Ours as a contender: one submit for each run. */
export declare function ourContender(gpu: Gpu, clock: Clock, work: readonly Encodable[], name?: string): Contender;
/** Milliseconds that the device itself counts for one run, where it has timestamp queries; undefined elsewhere. */
export declare function deviceTime(gpu: Gpu, work: readonly Encodable[]): Promise<number | undefined>;
