import { basename, resolve } from "node:path";
import { runName, type TableResult, type TableRunName } from "../../experiments/index.ts";
import { clock } from "../../report/clock.ts";
import type { Job, JobListener } from "../jobs/job.ts";
import { runHere } from "../jobs/run-here.ts";
import { ProgressLine, TimeLeft } from "../output/progress.ts";
import { stopOnInterrupt } from "../stop-on-interrupt.ts";

/** The folder of an experiment whose pieces are trainings that are scored. */
export interface RunsFolder {
  readonly dir: string;
  readonly results: readonly TableResult[];
  add(result: TableResult): Promise<void>;
}

/** Runs the jobs here or by the queue's workers until an interrupt, telling how it goes. Returns what failed. */
export async function runExperimentJobs(folder: RunsFolder, jobs: readonly Job<TableRunName>[], queue: string | undefined): Promise<string[]> {
  const stop = stopOnInterrupt();
  try {
    return await runJobs(folder, jobs, queue, stop.signal);
  } finally {
    stop.release();
  }
}

async function runJobs(folder: RunsFolder, jobs: readonly Job<TableRunName>[], queue: string | undefined, signal: AbortSignal): Promise<string[]> {
  const line = new ProgressLine();
  const left = new TimeLeft();
  const kind = ({ table, method }: { table: string; method: string }): string => `${table} ${method}`;
  for (const result of folder.results) left.done(kind(result), result.trainSeconds + result.evaluateSeconds);
  for (const { settings } of jobs) left.expect(kind(settings));
  const timeLeft = (): string => ((left.seconds ?? 0) >= 1 ? `, about ${clock(left.seconds!)} left` : "");
  const say = (text: string): void => {
    line.done();
    process.stderr.write(`${text}\n`);
  };
  const before = folder.results.length;
  if (before > 0) say(`${before} of ${before + jobs.length} runs are done already`);
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const failed: string[] = [];
  let number = before;
  const listener: JobListener<TableResult> = {
    async onResult(_, result) {
      await folder.add(result);
      left.done(kind(result), result.trainSeconds + result.evaluateSeconds);
      say(`[${++number}/${before + jobs.length}] ${runName(result)}: ${scoresText(result)}; ${clock(result.trainSeconds + result.evaluateSeconds)}${queue === undefined ? timeLeft() : ""}`);
    },
    onFailure(id, reason) {
      const { settings } = byId.get(id)!;
      failed.push(`${runName(settings)} (${reason.split("\n")[0]})`);
      left.done(kind(settings));
      say(`${runName(settings)} failed: ${reason}`);
    },
    onProgress: (id, text, part) => line.update(`${runName(byId.get(id)!.settings)}, ${text}`, Math.round(1000 * part), 1000, queue === undefined ? timeLeft() : ""),
  };
  if (queue === undefined) {
    await runHere(jobs, listener, signal);
    return failed;
  }
  const { runQueued } = await import("../jobs/queue/submit.ts");
  const experiment = basename(resolve(folder.dir));
  say(`${jobs.length} runs are in the queue as "${experiment}"; \`hhvaem worker --queue ...\` takes them, \`hhvaem experiment status --queue ... ${experiment}\` tells how they stand`);
  await runQueued(jobs, listener, { url: queue, experiment, signal, say });
  return failed;
}

function scoresText({ scores }: TableResult): string {
  const parts: [string, number | undefined][] = [["error_xu", scores.error_xu], ["target error", scores.rmse ?? scores.error_rate], ["ll_xu", scores.ll_xu], ["ll_y", scores.ll_y]];
  return parts.filter(([, value]) => value !== undefined).map(([name, value]) => `${name} ${value!.toPrecision(4)}`).join(", ");
}
