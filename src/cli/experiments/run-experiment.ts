import { basename, resolve } from "node:path";
import { runName, type TableResult, type TableRunName } from "../../experiments/index.ts";
import { clock } from "../../report/clock.ts";
import type { Job, JobListener } from "../jobs/job.ts";
import { runHere } from "../jobs/run-here.ts";
import { ProgressLine, TimeLeft } from "../output/progress.ts";
import { stopOnInterrupt } from "../stop-on-interrupt.ts";

/** The folder of an experiment that is made of runs. */
export interface RunsFolder<Result> {
  readonly dir: string;
  readonly results: readonly Result[];
  add(result: Result): Promise<void>;
}

/** How runs are told of. */
export interface RunsTold<Name, Result extends Name> {
  name(run: Name): string;
  /** Runs of one kind take about as long. */
  kind(run: Name): string;
  seconds(result: Result): number;
  /** How many runs may share a device, one after another; default: none. */
  readonly ofDevice?: number;
  /** What a run has found, in a few words. */
  found(result: Result): string;
}

/** Runs whose pieces are trainings that are scored. */
export const scoredRuns: RunsTold<TableRunName, TableResult> = {
  name: runName,
  kind: ({ table, method }) => `${table} ${method}`,
  seconds: ({ trainSeconds, evaluateSeconds }) => trainSeconds + evaluateSeconds,
  found: scoresText,
};

/** Runs the jobs here or by the queue's workers until an interrupt, telling how it goes. Returns what failed. */
export async function runExperimentJobs<Name, Result extends Name>(folder: RunsFolder<Result>, jobs: readonly Job<Name>[], told: RunsTold<Name, Result>, queue: string | undefined): Promise<string[]> {
  const stop = stopOnInterrupt();
  try {
    return await runJobs(folder, jobs, told, queue, stop.signal);
  } finally {
    stop.release();
  }
}

async function runJobs<Name, Result extends Name>(folder: RunsFolder<Result>, jobs: readonly Job<Name>[], told: RunsTold<Name, Result>, queue: string | undefined, signal: AbortSignal): Promise<string[]> {
  const line = new ProgressLine();
  const left = new TimeLeft();
  for (const result of folder.results) left.done(told.kind(result), told.seconds(result));
  for (const { settings } of jobs) left.expect(told.kind(settings));
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
  const listener: JobListener<Result> = {
    async onResult(_, result) {
      await folder.add(result);
      left.done(told.kind(result), told.seconds(result));
      say(`[${++number}/${before + jobs.length}] ${told.name(result)}: ${told.found(result)}; ${clock(told.seconds(result))}${queue === undefined ? timeLeft() : ""}`);
    },
    onFailure(id, reason) {
      const { settings } = byId.get(id)!;
      failed.push(`${told.name(settings)} (${reason.split("\n")[0]})`);
      left.done(told.kind(settings));
      say(`${told.name(settings)} failed: ${reason}`);
    },
    onProgress: (id, text, part) => line.update(`${told.name(byId.get(id)!.settings)}, ${text}`, Math.round(1000 * part), 1000, queue === undefined ? timeLeft() : ""),
  };
  if (queue === undefined) {
    await runHere(jobs, listener, signal, told.ofDevice);
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
