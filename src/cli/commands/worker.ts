import { Option, type Command } from "commander";
import { positive } from "../flags/parsers.ts";
import { examples, passwordHelp } from "../flags/shared.ts";
import { UsageError } from "../usage-error.ts";
import { work } from "../jobs/queue/work.ts";

interface WorkerCommandOptions {
  queue: string;
  name?: string;
  drain?: boolean;
  lockSeconds: number;
  root?: string;
}

/** `hhvaem worker`: takes jobs from a queue until it is stopped. */
export function workerCommand(program: Command): void {
  program
    .command("worker")
    .description("take jobs from a queue, one at a time, until stopped; one worker per GPU")
    .requiredOption("--queue <url>", "the queue: redis://host:6379, Redis or Valkey")
    .option("--root <dir>", "jobs read and write in this folder alone; others are refused")
    .addOption(new Option("--name <text>", "what the status calls it (default: machine and process)").argParser(workerName))
    .option("--drain", "end when nothing is left to do")
    .option("--lock-seconds <s>", "a job whose worker does not answer for so long is taken over", positive, 30)
    .option("--debug", "show stacks of errors")
    .addHelpText("after", `\n${passwordHelp}\n${examples("hhvaem worker --queue redis://localhost:6379 --root /shared", "HHVAEM_QUEUE_PASSWORD=... hhvaem worker --queue rediss://queue.example:6380 --root /shared")}`)
    .action(run);
}

async function run({ queue, name, drain, lockSeconds, root }: WorkerCommandOptions): Promise<void> {
  const stop = new AbortController();
  const interrupt = (): void => {
    if (stop.signal.aborted) process.exit(130); // the job is taken over by another worker
    stop.abort();
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  const say = (text: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
  await work({ url: queue, name, drain, lockSeconds, root, signal: stop.signal, say });
}

/** Throws UsageError for a name that could not stand in a file's. */
function workerName(name: string): string {
  if (!/^[\w.-]{1,100}$/.test(name)) throw new UsageError(`--name ${name}: expected letters, digits, -, _ and . alone.`);
  return name;
}
