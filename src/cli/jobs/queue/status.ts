import type { JobType, Queue, Job as StoredJob } from "bullmq";
import { connect, queueName } from "./connection.ts";
import { plain, type QueuedJob, type QueuedProgress } from "./queued-job.ts";
import { optionalPackage } from "../../../report/optional-package.ts";

/** How an experiment stands in the queue. */
export interface QueueStatus {
  experiment: string;
  waiting: number;
  running: { id: string; worker: string; seconds: number; progress?: QueuedProgress }[];
  done: number;
  failed: { id: string; reason: string }[];
  /** Mean seconds of what is done; undefined while nothing is. */
  secondsEach?: number;
  /** Seconds until nothing waits, with as many workers as run now. */
  secondsLeft?: number;
}

/** The standing of all experiments in the queue, or of one. */
export async function queueStatus(url: string, experiment: string | undefined, now: number): Promise<QueueStatus[]> {
  const { Queue } = await optionalPackage("bullmq", import("bullmq"));
  const connection = await connect(url, () => undefined);
  const queue: Queue<QueuedJob> = new Queue(queueName, { connection });
  queue.on("error", () => undefined);
  try {
    const of = async (...states: JobType[]): Promise<StoredJob<QueuedJob>[]> =>
      ((await queue.getJobs(states)) as StoredJob<QueuedJob>[]).filter((job) => job && (experiment === undefined || experimentOf(job) === experiment));
    const [waiting, running, done, failed] = [await of("wait", "delayed", "prioritized"), await of("active"), await of("completed"), await of("failed")];
    const names = [...new Set([...waiting, ...running, ...done, ...failed].map(experimentOf))].sort();
    return names.map((name) => {
      const own = <T extends StoredJob<QueuedJob>>(jobs: readonly T[]): T[] => jobs.filter((job) => experimentOf(job) === name);
      const times = own(done).flatMap(({ processedOn, finishedOn }) => (processedOn && finishedOn ? [(finishedOn - processedOn) / 1000] : []));
      const secondsEach = times.length > 0 ? times.reduce((a, b) => a + b, 0) / times.length : undefined;
      const active = own(running);
      return {
        experiment: name,
        waiting: own(waiting).length,
        running: active.map((job) => ({ id: idOf(job), worker: plain(job.processedBy ?? "unknown"), seconds: (now - (job.processedOn ?? now)) / 1000, ...(isProgress(job.progress) && { progress: { text: plain(job.progress.text), part: Number(job.progress.part) } }) })),
        done: own(done).length,
        failed: own(failed).map((job) => ({ id: idOf(job), reason: plain(job.failedReason) })),
        ...(secondsEach !== undefined && { secondsEach, ...(active.length > 0 && { secondsLeft: (secondsEach * (own(waiting).length + 0.5 * active.length)) / active.length }) }),
      };
    });
  } finally {
    await queue.close();
    connection.disconnect();
  }
}

/** What is shown of jobs, whatever somebody has put into the queue. */
function experimentOf({ data }: StoredJob<QueuedJob>): string {
  return plain((data as Partial<QueuedJob> | null)?.experiment ?? "unknown");
}

function idOf({ id, data }: StoredJob<QueuedJob>): string {
  return plain((data as Partial<QueuedJob> | null)?.id ?? id);
}

function isProgress(value: unknown): value is QueuedProgress {
  return typeof value === "object" && value !== null && "text" in value;
}
