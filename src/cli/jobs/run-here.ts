import { DeviceError } from "../../gpu/errors.ts";
import type { Gpu } from "../../gpu/device.ts";
import { openDevice } from "../../gpu/open-dawn.ts";
import { optionsFromEnvironment } from "../device.ts";
import type { Job, JobListener } from "./job.ts";
import { workOf } from "./kinds.ts";

/** Runs jobs in this process, one after another, each with a device of its own, or so many of them with one: small jobs of like shapes then share compiled kernels. What fails is told, and the others go on. */
export async function runHere<Result>(jobs: readonly Job[], listener: JobListener<Result>, signal: AbortSignal, jobsOfDevice = 1): Promise<void> {
  for (let first = 0; first < jobs.length; first += jobsOfDevice) {
    await withLazyDevice(async (gpu) => {
      for (const job of jobs.slice(first, first + jobsOfDevice)) {
        signal.throwIfAborted();
        try {
          const result = await (await workOf(job))(job.settings, { signal, gpu, onProgress: (text, part) => listener.onProgress?.(job.id, text, part) });
          await listener.onResult(job.id, result as Result);
        } catch (cause) {
          if (signal.aborted) throw signal.reason;
          listener.onFailure(job.id, (cause as Error).message);
        }
      }
    });
  }
}

/** One job, with a device that is opened when it asks for one, and closed after it. root: a folder that it may not leave. */
export async function runJob(job: Job, context: { signal: AbortSignal; onProgress(text: string, part: number): void; run?: string; root?: string }): Promise<unknown> {
  const work = await workOf(job, context.root);
  return withLazyDevice((gpu) => work(job.settings, { ...context, gpu }));
}

/** Does work that may ask for a device, which is opened then, and closed after it. */
async function withLazyDevice<T>(work: (gpu: () => Promise<Gpu>) => Promise<T>): Promise<T> {
  let opened: Promise<Gpu> | undefined;
  try {
    return await work(() => (opened ??= openDevice(optionsFromEnvironment())));
  } finally {
    try {
      (await opened)?.close();
    } catch (cause) {
      if (!(cause instanceof DeviceError)) throw cause; // there was none to close
    }
  }
}
