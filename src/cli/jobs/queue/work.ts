import { hostname } from "node:os";
import type { Job as StoredJob } from "bullmq";
import { SchemaError, TableError } from "../../../data/index.ts";
import { ModelFileError } from "../../../nn/model-file-error.ts";
import { clock } from "../../../report/clock.ts";
import { plain, readQueued, type QueuedJob } from "./queued-job.ts";
import { UsageError } from "../../usage-error.ts";
import { runJob } from "../run-here.ts";
import { confine } from "../confine.ts";
import { connect, queueName, shownUrl } from "./connection.ts";
import { optionalPackage } from "../../../report/optional-package.ts";

export interface WorkerOptions {
  url: string;
  name?: string;
  /** End when nothing is left to do. */
  drain?: boolean;
  /** Seconds after which a job counts as abandoned when its worker no longer renews its claim. */
  lockSeconds: number;
  /** Folder that jobs may not leave; without one they read and write what the worker may. */
  root?: string;
  signal: AbortSignal;
  say(text: string): void;
}

/** Takes jobs from the queue, one at a time, until the signal comes: then the job at hand is finished. */
export async function work(options: WorkerOptions): Promise<void> {
  const { url, lockSeconds, signal, drain, root } = options;
  const say = (text: string): void => options.say(plain(text));
  if (root !== undefined) await confine(root, { reads: [], writes: [] });
  const name = options.name ?? `${hostname()}-${process.pid}`;
  const { Worker, UnrecoverableError } = await optionalPackage("bullmq", import("bullmq"));
  const connection = await connect(url, say);
  const give = new AbortController();
  const process_ = async (job: StoredJob<QueuedJob>): Promise<unknown> => {
    const what = String(job.id);
    say(`${what}: started${job.attemptsStarted > 1 ? `, attempt ${job.attemptsStarted}` : ""}`);
    const started = performance.now();
    let told = 0;
    const onProgress = (text: string, part: number): void => {
      if (performance.now() - told < 2000) return;
      told = performance.now();
      job.updateProgress({ text, part }).catch(() => undefined); // a queue that is away hears of it later
    };
    try {
      const result = await runJob(readQueued(job.data), { signal: give.signal, onProgress, run: `${name}-${job.attemptsStarted}`, root });
      say(`${what}: done in ${clock((performance.now() - started) / 1000)}`);
      return result;
    } catch (cause) {
      const { message } = cause as Error;
      say(`${what}: failed: ${message}`);
      // the same input fails the same way: nothing is gained by trying again
      const bad = [UsageError, TableError, SchemaError, ModelFileError].some((kind) => cause instanceof kind);
      throw bad ? new UnrecoverableError(message) : cause;
    }
  };
  const worker = new Worker<QueuedJob>(queueName, process_, {
    connection,
    name,
    concurrency: 1,
    autorun: false,
    lockDuration: 1000 * lockSeconds,
    stalledInterval: 500 * lockSeconds,
    // machines that come and go may abandon a job several times
    maxStalledCount: 10,
  });
  worker.on("error", () => undefined); // the connection tells it
  worker.on("stalled", (jobId) => say(`${jobId}: its worker is gone; it is taken over`));
  say(`worker ${name} takes jobs from ${shownUrl(url)}${root === undefined ? "; they may read and write all that this user may: --root DIR keeps them in a folder" : `, whose files are in ${root}`}`);
  const stop = async (): Promise<void> => {
    say("stopping when the job at hand is done");
    await worker.close();
  };
  signal.addEventListener("abort", () => void stop());
  if (drain) worker.on("drained", () => void worker.close());
  try {
    if (!signal.aborted) await worker.run();
    await worker.close();
  } finally {
    connection.disconnect();
  }
}
