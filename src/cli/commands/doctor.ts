import type { Command } from "commander";
import { compile, deviceTensor, matmul, Tape } from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { openDevice } from "../../gpu/open-dawn.ts";
import { foldIn, keyFromSeed, normal } from "../../math/key.ts";
import { newCommand } from "../flags/shared.ts";

const limits = ["maxStorageBufferBindingSize", "maxBufferSize", "maxStorageBuffersPerShaderStage", "maxComputeWorkgroupsPerDimension", "maxComputeInvocationsPerWorkgroup", "maxUniformBufferBindingSize"] as const;

/** `hhvaem doctor`: adapter, driver, limits and features, and a product that is checked and timed. */
export function doctorCommand(program: Command): void {
  newCommand(program, "doctor", "show adapter, driver, limits and features, and try a computation").action(run);
}

async function run(options: { json?: boolean }): Promise<void> {
  const gpu = await openDevice();
  try {
    const { info } = gpu;
    const trial = await trialProduct(gpu);
    const report = {
      adapter: gpu.name,
      vendor: info.vendor,
      architecture: info.architecture,
      software: gpu.software,
      node: process.version,
      limits: Object.fromEntries(limits.map((name) => [name, gpu.limits[name]])),
      features: [...gpu.device.features].sort(),
      ...trial,
    };
    if (options.json) {
      process.stdout.write(`${JSON.stringify(report)}\n`);
    } else {
      const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
      process.stdout.write(
        [
          `adapter    ${report.adapter}${report.software ? "  (runs on the processor: correct, but slower than a GPU)" : ""}`,
          `vendor     ${info.vendor || "unknown"} ${info.architecture}`,
          `node       ${report.node}`,
          `buffers    up to ${megabytes(gpu.limits.maxBufferSize)}, one binding up to ${megabytes(gpu.limits.maxStorageBufferBindingSize)}`,
          `features   ${report.features.join(", ") || "none"}`,
          `trial      [512, 512] x [512, 512]: ${trial.gflops.toFixed(1)} GFLOP/s, largest error ${trial.error.toExponential(1)}: ${trial.correct ? "right" : "WRONG"}`,
          trial.correct ? "everything hhvaem needs is here." : "this adapter computes wrong results: update its driver.",
          "",
        ].join("\n"),
      );
    }
    if (!trial.correct) process.exitCode = 1;
  } finally {
    gpu.close();
  }
}

/** A matrix product on the device, spot-checked in float64 and timed. */
async function trialProduct(gpu: Gpu): Promise<{ gflops: number; error: number; correct: boolean }> {
  const n = 512;
  const key = keyFromSeed(0);
  const [a, b] = [1, 2].map((tag) => Float32Array.from(normal(foldIn(key, tag), n * n)));
  const tape = new Tape();
  const product = matmul(tape.read(deviceTensor(gpu, [n, n], a)), tape.read(deviceTensor(gpu, [n, n], b)));
  const program = await compile(gpu, { product });
  program.run();
  const got = await program.outputs.product.read();
  let error = 0;
  for (let at = 0; at < n * n; at += 997) {
    let exact = 0;
    for (let k = 0; k < n; k++) exact += a[Math.floor(at / n) * n + k] * b[k * n + (at % n)];
    const difference = Math.abs(got[at] - exact);
    error = difference <= error ? error : difference;
  }
  const times = [];
  for (let i = 0; i < 5; i++) {
    const started = performance.now();
    program.run();
    await gpu.idle();
    times.push(performance.now() - started);
  }
  const milliseconds = times.sort((x, y) => x - y)[2];
  return { gflops: (2 * n ** 3) / milliseconds / 1e6, error, correct: error <= 1e-3 };
}
