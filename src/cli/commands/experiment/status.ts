import type { Command } from "commander";
import { clock } from "../../../report/clock.ts";
import { newCommand } from "../../flags/shared.ts";
import { queueStatus, type QueueStatus } from "../../jobs/queue/status.ts";
import { UsageError } from "../../usage-error.ts";

/** `hhvaem experiment status`: how the experiments in a queue stand. */
export function experimentStatusCommand(experiment: Command): void {
  newCommand(experiment, "status [name]", "how the experiments in a queue stand", { seed: false })
    .requiredOption("--queue <url>", "the queue: redis://host:6379")
    .option("--watch", "show it anew until all is done")
    .action(run);
}

async function run(name: string | undefined, options: { queue: string; json?: boolean; watch?: boolean }): Promise<void> {
  for (;;) {
    const found = await queueStatus(options.queue, name, Date.now());
    if (name !== undefined && found.length === 0) throw new UsageError(`the queue has no experiment "${name}"; leave the name out to see all.`);
    const text = options.json ? `${JSON.stringify(found)}\n` : found.length === 0 ? "the queue is empty\n" : found.map(readable).join("\n");
    process.stdout.write(options.watch && process.stdout.isTTY ? `\x1b[2J\x1b[H${text}` : text);
    if (!options.watch || found.every(({ waiting, running }) => waiting === 0 && running.length === 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

function readable({ experiment, waiting, running, done, failed, secondsLeft }: QueueStatus): string {
  const left = secondsLeft === undefined ? "" : `, about ${clock(secondsLeft)} left with ${running.length} worker${running.length === 1 ? "" : "s"}`;
  const lines = [
    `${experiment}: ${done} done, ${running.length} running, ${waiting} waiting, ${failed.length} failed${left}`,
    ...running.map(({ id, worker, seconds, progress }) => `  ${id} on ${worker} for ${clock(seconds)}${progress ? `, ${progress.text} ${Math.round(100 * progress.part)} %` : ""}`),
    ...failed.map(({ id, reason }) => `  ${id} failed: ${reason.split("\n")[0]}`),
  ];
  return `${lines.join("\n")}\n`;
}
