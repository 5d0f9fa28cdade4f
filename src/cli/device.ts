import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolders } from "../fetch/make-folders.ts";
import type { Gpu } from "../gpu/device.ts";
import { openDevice, type DawnOptions } from "../gpu/open-dawn.ts";
import type { TuningOptions, TuningStore } from "../gpu/tuning.ts";
import { cacheFolder } from "./environment.ts";
import { UsageError } from "./usage-error.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Opens the device, runs the work and closes the device again, whatever happens. */
export async function withDevice<T>(work: (gpu: Gpu) => Promise<T>): Promise<T> {
  const gpu = await openDevice(optionsFromEnvironment());
  try {
    return await work(gpu);
  } finally {
    gpu.close();
  }
}

/** Tuning as HHVAEM_TUNING asks: `on` (the default), `refresh` (measure anew) or `off`; choices are kept in the user's cache folder. */
export function tuningFromEnvironment(env: Environment = process.env): TuningOptions | undefined {
  const mode = env.HHVAEM_TUNING || "on";
  if (mode === "off") return undefined;
  if (mode !== "on" && mode !== "refresh") throw new UsageError(`HHVAEM_TUNING: expected on, off or refresh, got "${mode}".`);
  return { clock: () => performance.now(), store: fileStore(tuningFile(env)), refresh: mode === "refresh" };
}

/** What the environment says of how to open the device. */
export function optionsFromEnvironment(): DawnOptions {
  return { tuning: tuningFromEnvironment(), passes: passesFromEnvironment() };
}

/** Programs in passes as HHVAEM_PASSES asks: `on` or `off`; undefined: as the adapter is. */
export function passesFromEnvironment({ HHVAEM_PASSES: mode }: Environment = process.env): boolean | undefined {
  if (!mode) return undefined;
  if (mode !== "on" && mode !== "off") throw new UsageError(`HHVAEM_PASSES: expected on or off, got "${mode}".`);
  return mode === "on";
}

/** `hhvaem/tuning.json` in the user's cache folder. */
export function tuningFile(env: Environment = process.env): string {
  return join(cacheFolder(env), "hhvaem", "tuning.json");
}

/** A cache is worth nothing beside the work: where the file cannot be read or written, choices last as long as the process. */
export function fileStore(path: string): TuningStore {
  return {
    load: () => {
      try {
        return readFileSync(path, "utf8");
      } catch {
        return undefined;
      }
    },
    save: (text) => {
      try {
        makeFolders(dirname(path));
        const written = `${path}.${process.pid}`;
        writeFileSync(written, text);
        renameSync(written, path);
      } catch {
        // a read-only home: measured again next time
      }
    },
  };
}
