import { UsageError } from "../usage-error.ts";
import { confine, type JobPlaces } from "./confine.ts";
import type { Job, Work } from "./job.ts";

/** A kind of job: how it is done, what its settings may be, and which files it touches. */
interface Kind {
  work: Work;
  problems(settings: unknown): string[];
  places(settings: unknown): Promise<JobPlaces>;
}

/** A kind whose settings are of some type, which `problems` makes sure of. */
function kind<Settings>(work: (settings: Settings, context: Parameters<Work>[1]) => Promise<unknown>, problems: Kind["problems"], places: (settings: Settings) => Promise<JobPlaces>): Kind {
  return { work: work as Work, problems, places: places as Kind["places"] };
}

/** All kinds of jobs; a worker loads what it meets. */
const kinds: Readonly<Record<string, () => Promise<Kind>>> = {
  "answer-chunk": async () => {
    const { answerChunk, answerChunkProblems, answerChunkPlaces } = await import("./answer-chunk.ts");
    return kind(answerChunk, answerChunkProblems, answerChunkPlaces);
  },
  "coverage-run": async () => {
    const { coverageRun, coverageRunProblems, coverageRunPlaces } = await import("./coverage-run.ts");
    return kind(coverageRun, coverageRunProblems, coverageRunPlaces);
  },
  "image-run": async () => {
    const { imageRun, imageRunProblems, imageRunPlaces } = await import("./image-run.ts");
    return kind(imageRun, imageRunProblems, imageRunPlaces);
  },
  "table-run": async () => {
    const { tableRun, tableRunProblems, tableRunPlaces } = await import("./table-run.ts");
    return kind(tableRun, tableRunProblems, tableRunPlaces);
  },
};

/** How a job is done, once all that it says is found to be possible; root: a folder that it may not leave. Throws UsageError before anything is touched. */
export async function workOf({ id, kind, settings }: Job, root?: string): Promise<Work> {
  if (typeof kind !== "string" || !Object.hasOwn(kinds, kind)) throw new UsageError(`job "${id}": there is no kind of job ${JSON.stringify(kind)}; this version has ${Object.keys(kinds).join(", ")}.`);
  const { work, problems, places } = await kinds[kind]();
  const wrong = problems(settings);
  if (wrong.length > 0) throw new UsageError(`job "${id}", ${kind}, ${wrong.slice(0, 5).join(" ")}${wrong.length > 5 ? ` And ${wrong.length - 5} more.` : ""} Put it into the queue anew with the command that made it.`);
  if (root !== undefined) await confine(root, await places(settings));
  return work;
}
