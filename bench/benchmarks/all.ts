import type { Benchmark } from "../benchmark.ts";
import { acquisitionBenchmark } from "./acquisition.ts";
import { convolutionBenchmark } from "./convolution.ts";
import { generalVsFusedBenchmark } from "./general-vs-fused.ts";
import { gpuBenchmark } from "./gpu.ts";
import { gradientBenchmark } from "./gradient.ts";
import { leapfrogBenchmark } from "./leapfrog.ts";
import { longTableBenchmark } from "./long-table.ts";
import { matmulBenchmark } from "./matmul.ts";
import { passesBenchmark } from "./passes.ts";
import { profileBenchmark } from "./profile.ts";
import { rooflineBenchmark } from "./roofline.ts";
import { scalingBenchmark } from "./scaling.ts";
import { scheduleBenchmark } from "./schedule.ts";
import { stagesBenchmark } from "./stages.ts";
import { vaeStepBenchmark } from "./vae-step.ts";

/** In the order in which they run. */
export const all: readonly Benchmark[] = [
  matmulBenchmark, convolutionBenchmark, vaeStepBenchmark, gradientBenchmark, leapfrogBenchmark, stagesBenchmark, acquisitionBenchmark, generalVsFusedBenchmark, rooflineBenchmark, scalingBenchmark, scheduleBenchmark, longTableBenchmark, profileBenchmark(), passesBenchmark, gpuBenchmark,
];
