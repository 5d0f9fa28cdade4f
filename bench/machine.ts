import type { Context } from "./benchmark.ts";
import type { Contender } from "./measure.ts";

/** Milliseconds of PyTorch's small VAE step (28-256-20, 10-256-13, batch 100) when the reference's times were taken: 0.8 to 0.9. */
const torchStepThen = 0.85;

/** The same step as a contender, to measure this machine at this moment; undefined without PyTorch. */
export function yardstick({ competitors }: Context): Contender | undefined {
  const { torch } = competitors;
  return torch && { ...torch.contender("vae-step", [1]), name: "yardstick" };
}

/** How many times slower the machine is now than when the reference's times were taken, by PyTorch's time for the same step. */
export function slowdown(yardstickMs: number): number {
  return yardstickMs / torchStepThen;
}

export const slowdownNote =
  "\"here\": the reference's time multiplied by how much slower the same PyTorch step (28-256-20, 10-256-13) runs in this very run than when the reference was measured; machines of this kind differ from day to day.";
