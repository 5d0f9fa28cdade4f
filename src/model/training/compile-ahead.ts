import { deviceTensor } from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { submit } from "../../gpu/dispatch.ts";
import { foldIn, keyFromSeed } from "../../math/key.ts";
import { StepCounter } from "../../nn/step-counter.ts";
import type { FitOptions } from "../api.ts";
import { chooseMixture } from "../completion/choose.ts";
import { CompletionGuess } from "../completion/guess.ts";
import { HeldBack, splitRows } from "../completion/held-back.ts";
import { marginalLogits } from "../completion/marginal-logits.ts";
import { openTraining } from "../completion/open-training.ts";
import { withMembers } from "../completion/shape.ts";
import type { ModelShape } from "../config/spec.ts";
import { LatentNetworks } from "../latent/networks.ts";
import { hmcStage } from "./stages/hmc-stage.ts";
import { uploadTable, type HostTable } from "./training-batch.ts";

/**
 * Runs once what a training of these options comes to after its first stage: HMC, the completion network, the choice by the rows held back.
 * Nothing is kept of it but what the driver does: one that runs on the processor compiles a kernel when it first runs, and puts it into a cache
 * on disk, from which a training beside this one takes it.
 */
export async function compileAhead(gpu: Gpu, shape: ModelShape, table: HostTable, options: FitOptions): Promise<void> {
  const { config } = shape;
  // those with marginal VAEs train long before their second stage; pictures have other kernels
  if (config.marginal || config.image || !shape.completion || !config.completion) return;
  const seedKey = keyFromSeed(options.seed);
  const counter = await StepCounter.create(gpu);
  const key = deviceTensor(gpu, [2], seedKey, { dtype: "u32", label: "training key" });
  const split = splitRows(table, config.completion.heldBack, foldIn(seedKey, 1));
  const latent = config.generative ? new LatentNetworks(gpu, shape) : undefined;
  latent?.parameters.initialise(seedKey);
  if (latent && config.inference === "hmc") {
    const stage = await hmcStage(latent, uploadTable(gpu, split.training), key, counter, 0, options.schedule);
    submit(gpu, stage.work(0));
    await gpu.idle();
  }
  const own = withMembers(shape.completion, 1);
  const { stage, average } = await openTraining(gpu, own, split.training, { name: "completion", steps: 1 }, { key, counter, firstStep: 0, options, log: [], initialisation: seedKey });
  submit(gpu, stage.work(0));
  const heldBack = new HeldBack(split.heldBack, foldIn(seedKey, 2));
  const centre = marginalLogits(own, split.training);
  await chooseMixture(average, await CompletionGuess.create(average, heldBack, centre, seedKey), centre, { latent }, heldBack);
}
