import leapfrogText from "../../shaders/leapfrog.wgsl";
import numerics from "../../shaders/lib/numerics.wgsl";
import transitionText from "../../shaders/lib/transition.wgsl";
import metropolisText from "../../shaders/metropolis.wgsl";
import statisticsText from "../../shaders/transition-statistics.wgsl";
import type { KernelSource } from "../gpu/kernel.ts";
import { hmcRandomWgsl } from "./random-addresses.ts";

/** One leapfrog step; the first of a trajectory, which may draw its momentum, or a later one. */
export function leapfrogKernel({ starts, draws }: { starts: boolean; draws: boolean }): KernelSource {
  return {
    name: starts ? "leapfrog start" : "leapfrog",
    file: "shaders/leapfrog.wgsl",
    wgsl: `${hmcRandomWgsl}\n${transitionText}\nconst STARTS = ${starts};\nconst DRAWS = ${draws};\n${leapfrogText}`,
    bindings: ["uniform", "read", "read", "read", "read", "write", "write"],
  };
}

/** The end of a trajectory, with or without the derivatives in the step sizes. */
export function metropolisKernel(derivatives: boolean): KernelSource {
  return {
    name: "metropolis",
    file: "shaders/metropolis.wgsl",
    wgsl: `${numerics}\n${transitionText}\nconst DERIVATIVES = ${derivatives};\n${metropolisText}`,
    bindings: ["uniform", "read", "read", "read", "read", "write", "write", "write", "write"],
  };
}

/** Acceptance and divergences of each transition; hardware has more lanes for one. */
export function statisticsKernel(software: boolean): KernelSource {
  return {
    name: "transition statistics",
    file: "shaders/transition-statistics.wgsl",
    wgsl: `${numerics}\nconst LANES = ${software ? 64 : 256}u;\n${statisticsText}`,
    bindings: ["uniform", "read", "write"],
  };
}
