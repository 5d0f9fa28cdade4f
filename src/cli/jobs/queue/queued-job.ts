import description from "../../../../package.json" with { type: "json" };
import { UsageError } from "../../usage-error.ts";
import { fieldProblems, text, type Field, type Fields } from "../fields.ts";
import type { Job } from "../job.ts";

/** The package's version. */
export const { version } = description;

/** What stands in the queue. */
export interface QueuedJob {
  experiment: string;
  id: string;
  kind: string;
  settings: unknown;
  /** The program that made it. */
  version: string;
}

export interface QueuedProgress {
  text: string;
  part: number;
}

/** The job's name in the queue: the same job is not there twice. */
export function queuedId(experiment: string, job: Pick<Job, "id">): string {
  // a colon has a meaning for the queue
  return `${experiment}/${job.id}`.replaceAll(":", "_");
}

/** Names stand on screens. */
const name: Field = { expected: "a name of 1 to 300 characters that are no control characters", fits: (value) => typeof value === "string" && value.length > 0 && value.length <= 300 && plain(value) === value };
const fields: Fields<QueuedJob> = { experiment: name, id: name, kind: text, settings: { expected: "settings", fits: () => true }, version: { expected: "a version such as 1.2.3", fits: (value) => typeof value === "string" && /^\d+\.\d+\.[\w.+-]+$/.test(value) } };

/** What stands in the queue, as a job. Throws UsageError where it is none, or of another version. */
export function readQueued(given: unknown): QueuedJob {
  const problems = fieldProblems(given, fields, "job");
  if (problems.length > 0) throw new UsageError(`${problems.slice(0, 5).join(" ")} Put it into the queue anew with the command that made it.`);
  const job = given as QueuedJob;
  if (release(job.version) !== release(version)) throw new UsageError(`job "${job.id}": made by version ${job.version}, this worker is ${version}; use one version for all.`);
  return job;
}

/** A text from the queue as it may be shown: control characters, which terminals obey, are left out. */
export function plain(value: unknown): string {
  return String(value).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}

/** "1.2" of "1.2.3": what programs must share to work on the same jobs. */
export function release(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}
