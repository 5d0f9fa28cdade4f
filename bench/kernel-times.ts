import type { Gpu } from "../src/gpu/device.ts";
import type { Encodable } from "../src/gpu/dispatch.ts";
import { median } from "./measure.ts";

/** One dispatch of some work. */
export interface RecordedDispatch extends Encodable {
  readonly name: string;
  readonly workgroups: readonly [number, number, number];
}

/** What a piece of work dispatches, in order: it is encoded into a pass that only takes notes. */
export function dispatchesOf(work: readonly Encodable[]): RecordedDispatch[] {
  const dispatches: RecordedDispatch[] = [];
  let pipeline: GPUComputePipeline | undefined;
  let groups: Parameters<GPUComputePassEncoder["setBindGroup"]>[] = [];
  const notes = {
    setPipeline(next: GPUComputePipeline): void {
      pipeline = next;
    },
    setBindGroup(...args: Parameters<GPUComputePassEncoder["setBindGroup"]>): void {
      groups = [...groups.filter(([index]) => index !== args[0]), args];
    },
    dispatchWorkgroups(x: number, y = 1, z = 1): void {
      const [own, bound] = [pipeline!, groups];
      dispatches.push({
        name: own.label,
        workgroups: [x, y, z],
        encode(pass) {
          pass.setPipeline(own);
          for (const args of bound) pass.setBindGroup(...args);
          pass.dispatchWorkgroups(x, y, z);
        },
      });
    },
  };
  for (const item of work) item.encode(notes as unknown as GPUComputePassEncoder);
  return dispatches;
}

const usage = { copySource: 0x4, queryResolve: 0x200 };

/** Device milliseconds of each piece of work, in a pass of its own with a timestamp before and behind; the median of some runs of all of them. */
export async function deviceTimes(gpu: Gpu, work: readonly Encodable[], runs: number): Promise<number[]> {
  const { device } = gpu;
  const querySet = device.createQuerySet({ type: "timestamp", count: 2 * work.length });
  const resolved = device.createBuffer({ size: 16 * work.length, usage: usage.queryResolve | usage.copySource });
  const times: number[][] = work.map(() => []);
  for (let run = 0; run < runs; run++) {
    const encoder = device.createCommandEncoder();
    work.forEach((item, i) => {
      const pass = encoder.beginComputePass({ timestampWrites: { querySet, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 } });
      item.encode(pass);
      pass.end();
    });
    encoder.resolveQuerySet(querySet, 0, 2 * work.length, resolved, 0);
    gpu.submit([encoder.finish()]);
    const stamps = new BigUint64Array(await gpu.readBuffer(resolved, 0, 16 * work.length));
    times.forEach((own, i) => own.push(Number(stamps[2 * i + 1] - stamps[2 * i]) / 1e6));
  }
  querySet.destroy();
  resolved.destroy();
  return times.map(median);
}
