import type { Command } from "commander";
import { positive } from "../flags/parsers.ts";
import { examples } from "../flags/shared.ts";
import { work } from "../jobs/queue/work.ts";

interface WorkerCommandOptions {
  queue: string;
  name?: string;
  drain?: boolean;
  lockSeconds: number;
}

/** `hhvaem worker`: takes jobs from a queue until it is stopped. */
export function workerCommand(program: Command): void {
  program
    .command("worker")
    .description("take jobs from a queue, one at a time, until stopped; one worker per GPU")
    .requiredOption("--queue <url>", "the queue: redis://host:6379, Redis or Valkey")
    .option("--name <text>", "what the status calls it (default: machine and process)")
    .option("--drain", "end when nothing is left to do")
    .option("--lock-seconds <s>", "a job whose worker does not answer for so long is taken over", positive, 30)
    .option("--debug", "show stacks of errors")
    .addHelpText("after", examples("hhvaem worker --queue redis://localhost:6379"))
    .action(run);
}

async function run({ queue, name, drain, lockSeconds }: WorkerCommandOptions): Promise<void> {
  const stop = new AbortController();
  const interrupt = (): void => {
    if (stop.signal.aborted) process.exit(130); // the job is taken over by another worker
    stop.abort();
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  const say = (text: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
  await work({ url: queue, name, drain, lockSeconds, signal: stop.signal, say });
}
