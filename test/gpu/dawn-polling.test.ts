import { performance } from "node:perf_hooks";
import { expect, it } from "vitest";
import * as ad from "../../src/autodiff/index.ts";
import { compile, deviceTensor, Tape } from "../../src/autodiff/index.ts";
import { submit } from "../../src/gpu/dispatch.ts";
import { testDevice } from "../device.ts";

it("waiting for long work leaves this thread idle", async () => {
  const gpu = await testDevice();
  const tape = new Tape();
  const x = tape.read(deviceTensor(gpu, [512, 512], new Float32Array(512 * 512).fill(0.01)));
  const program = await compile(gpu, { y: ad.matmul(ad.matmul(x, x), x) });
  program.run();
  await gpu.idle();
  // long enough for hundreds of questions: repeated until it takes a fifth of a second
  let repeats = 1;
  for (;;) {
    const begin = performance.now();
    const before = performance.eventLoopUtilization();
    submit(gpu, Array.from({ length: repeats }, () => program));
    await gpu.idle();
    const took = performance.now() - begin;
    if (took < 200 && repeats < 4096) {
      repeats *= 2;
      continue;
    }
    // spinning, the event loop is active all the time
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
    return;
  }
});

it("immediates of other code still come at once, in order, and can be cleared", async () => {
  await testDevice();
  const order: number[] = [];
  const cleared = setImmediate(() => order.push(9));
  await new Promise<void>((resolve) => {
    setTimeout(() => order.push(3), 20);
    setImmediate(() => order.push(1));
    setImmediate((value: number) => (order.push(value), resolve()), 2);
    clearImmediate(cleared);
  });
  expect(order).toEqual([1, 2]);
});
