import { work } from "../jobs/queue/work.ts";

export interface WorkerCommandOptions {
  queue: string;
  name?: string;
  drain?: boolean;
  lockSeconds: number;
}

/** `hhvaem worker`: takes jobs from a queue until it is stopped. */
export async function workerCommand({ queue, name, drain, lockSeconds }: WorkerCommandOptions): Promise<void> {
  const stop = new AbortController();
  const interrupt = (): void => {
    if (stop.signal.aborted) process.exit(130); // the job is taken over by another worker
    stop.abort();
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  const say = (text: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
  await work({ url: queue, name, drain, lockSeconds, signal: stop.signal, say });
}
