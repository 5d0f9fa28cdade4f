import type { Gpu } from "../../src/gpu/device.ts";
import { type DeviceTensor } from "../../src/autodiff/index.ts";
import { type Schedule } from "../../src/model/config/config.ts";
import { Networks } from "../../src/model/latent/networks.ts";
import type { ModelShape } from "../../src/model/config/spec.ts";
import { type DeviceTable, type HostTable } from "../../src/model/training/training-batch.ts";
import { StepCounter } from "../../src/nn/step-counter.ts";
export declare const trainingRows = 455;
export declare const testRows = 51;
export declare function bostonShape(preset?: string, hmc?: {}): ModelShape;
/** Coded rows whose columns depend on three hidden numbers. */
export declare function bostonLike(rows: number): HostTable;
export interface Training {
    networks: Networks;
    data: DeviceTable;
    key: DeviceTensor;
    counter: StepCounter;
    schedule: Schedule;
}
/** Everything that the stages of training need, untrained; no annealing, as in most of their steps. */
export declare function startTraining(gpu: Gpu, rows?: number): Promise<Training>;
