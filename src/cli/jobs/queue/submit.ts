import type { Job as StoredJob, Queue } from "bullmq";
import { plain, queuedId, version, type QueuedJob, type QueuedProgress } from "./queued-job.ts";
import type { Job, JobListener } from "../job.ts";
import { connect, queueName } from "./connection.ts";
import { optionalPackage } from "../../../report/optional-package.ts";

export interface QueueOptions {
  url: string;
  /** Names the experiment: jobs of the same name and id are the same jobs. */
  experiment: string;
  /** How often a job is tried. */
  attempts?: number;
  signal: AbortSignal;
  say(text: string): void;
}

/** Seconds between two looks at everything that is still open: events say most of it sooner. */
const lookEvery = 5;

/**
 * Puts jobs into the queue, those that are not there yet, and hands each result over once: also those that workers finished while
 * nobody collected. Ends when no job is open. A job that failed before is tried again.
 */
export async function runQueued<Result>(jobs: readonly Job[], listener: JobListener<Result>, options: QueueOptions): Promise<void> {
  const { url, experiment, attempts = 3, signal, say } = options;
  const { Queue, QueueEvents } = await optionalPackage("bullmq", import("bullmq"));
  const connections = [await connect(url, say), await connect(url, () => undefined)];
  const queue: Queue<QueuedJob> = new Queue(queueName, { connection: connections[0] });
  const events = new QueueEvents(queueName, { connection: connections[1] });
  // the connections tell what is wrong
  queue.on("error", () => undefined);
  events.on("error", () => undefined);
  try {
    const open = new Map(jobs.map((job) => [queuedId(experiment, job), job]));
    await submit(queue, open, { experiment, attempts });
    let look = (): void => undefined;
    const wake = (): void => look();
    events.on("completed", ({ jobId }) => open.has(jobId) && wake());
    events.on("failed", ({ jobId }) => open.has(jobId) && wake());
    events.on("progress", ({ jobId, data }) => {
      const job = open.get(jobId);
      if (job && typeof data === "object" && data !== null) listener.onProgress?.(job.id, plain((data as QueuedProgress).text), Number((data as QueuedProgress).part));
    });
    signal.addEventListener("abort", wake);
    while (open.size > 0) {
      signal.throwIfAborted();
      const waited = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1000 * lookEvery);
        look = () => (clearTimeout(timer), resolve());
      });
      await collect(queue, open, listener);
      if (open.size > 0) await waited;
      else look();
    }
  } finally {
    await Promise.allSettled([events.close(), queue.close()]);
    for (const connection of connections) connection.disconnect();
  }
}

async function submit(queue: Queue<QueuedJob>, open: ReadonlyMap<string, Job>, { experiment, attempts }: { experiment: string; attempts: number }): Promise<void> {
  for (const [jobId, job] of open) {
    const there = (await queue.getJob(jobId)) as StoredJob<QueuedJob> | undefined;
    if (there && (await there.isFailed())) await there.remove();
    // adding a job that is there already changes nothing
    await queue.add(job.kind, { experiment, id: job.id, kind: job.kind, settings: job.settings, version }, { jobId, attempts, backoff: { type: "exponential", delay: 1000 } });
  }
}

/** Hands over what has ended since the last look. */
async function collect<Result>(queue: Queue<QueuedJob>, open: Map<string, Job>, listener: JobListener<Result>): Promise<void> {
  for (const [jobId, job] of [...open]) {
    const state = await queue.getJobState(jobId);
    if (state !== "completed" && state !== "failed" && state !== "unknown") continue;
    const stored = (await queue.getJob(jobId)) as StoredJob<QueuedJob, Result> | undefined;
    if (!stored) {
      open.delete(jobId);
      listener.onFailure(job.id, "the job is gone from the queue: somebody emptied it; the same command puts it there again");
    } else if (state === "completed") {
      // first kept, then forgotten: a collector that is stopped between the two finds the result again
      await listener.onResult(job.id, stored.returnvalue);
      open.delete(jobId);
    } else {
      open.delete(jobId);
      listener.onFailure(job.id, plain(stored.failedReason));
    }
  }
}
