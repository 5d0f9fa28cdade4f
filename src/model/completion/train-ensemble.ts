import type { Gpu } from "../../gpu/device.ts";
import type { Chosen } from "../posterior/shares.ts";
import { runStage } from "../training/run-stage.ts";
import type { HostTable } from "../training/training-batch.ts";
import { CompletionNetwork } from "./completion-network.ts";
import { coolLogits, marginalLogits } from "./marginal-logits.ts";
import { openTraining, type CompletionSetting } from "./open-training.ts";
import { memberPrefixes, withMembers, type CompletionShape } from "./shape.ts";

/**
 * Trains the further networks of an ensemble, side by side on all rows: those held back have said when to stop, and how far the logits are
 * to be divided. Gives back all networks, the first one among them; after 0 steps the others are as they began. (Early stopping followed by training on all data: Goodfellow et al. 2016, 7.8)
 */
export async function trainEnsemble(gpu: Gpu, shape: CompletionShape, first: CompletionNetwork, table: HostTable, chosen: Chosen, steps: number, setting: CompletionSetting): Promise<CompletionNetwork> {
  const { firstStep, options, log, initialisation, time } = setting;
  const further = withMembers(shape, memberPrefixes(shape.config).length - 1);
  if (steps === 0) {
    const untrained = new CompletionNetwork(gpu, further);
    untrained.parameters.initialise(initialisation);
    return joined(gpu, shape, first, untrained);
  }
  const { stage, average, done, parameters } = await openTraining(gpu, further, table, { name: "ensemble", steps }, setting);
  const state = async () => ({ parameters: { ...(await parameters()), first: await first.parameters.values.read() }, chosen });
  try {
    if (done < firstStep + steps) await runStage(stage, firstStep, done, { gpu, log, options, time, state });
  } finally {
    stage.destroy();
  }
  await coolLogits(average, chosen.temperature, marginalLogits(shape, table));
  return joined(gpu, shape, first, average);
}

/** One network's parameters under the first names, the others' under the next. */
async function joined(gpu: Gpu, shape: CompletionShape, first: CompletionNetwork, others: CompletionNetwork): Promise<CompletionNetwork> {
  const all = new CompletionNetwork(gpu, shape);
  const prefixes = memberPrefixes(shape.config);
  const sources = [{ from: first, prefix: prefixes[0] }, ...memberPrefixes(others.shape.config).map((prefix) => ({ from: others, prefix }))];
  const own = first.parameters.names(prefixes[0]).map((name) => name.slice(prefixes[0].length));
  for (const [m, { from, prefix }] of sources.entries()) {
    for (const name of own) all.parameters.value(`${prefixes[m]}${name}`).write(await from.parameters.value(`${prefix}${name}`).read());
  }
  return all;
}
