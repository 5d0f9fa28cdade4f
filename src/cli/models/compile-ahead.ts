import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Schema, Table } from "../../data/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { compileForFit, type FitOptions } from "../../model/index.ts";
import { cacheFolder } from "../environment.ts";
import { withDevice } from "../device.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Set for the process that compiles ahead. */
const marker = "HHVAEM_COMPILES_AHEAD";

/** Whether this process was started to compile what another one trains with. */
export function compilesAhead(env: Environment = process.env): boolean {
  return env[marker] !== undefined;
}

/** The work of that process: it ends with the one that started it. */
export async function runAhead(table: Table, schema: Schema, options: FitOptions): Promise<void> {
  process.once("disconnect", () => process.exit());
  await withDevice((gpu) => compileForFit(gpu, table, schema, options));
  process.disconnect?.();
}

/** A training whose kernels another process compiles meanwhile. */
export interface Ahead {
  /** The training is over: all that it needed is compiled. */
  done(): void;
  /** Ends the other process. */
  stop(): void;
}

/**
 * Lavapipe compiles a kernel on one core when it first runs, and keeps it in a cache on disk. So a second process, this command once more, runs the later stages once while
 * this one trains the first. Undefined where that is of no use: other adapters, one core, no cache, or a training like it has been here before.
 */
export function startAhead(gpu: Gpu, likeness: unknown, env: Environment = process.env): Ahead | undefined {
  if (!/llvmpipe/.test(gpu.name) || availableParallelism() < 2 || env.HHVAEM_TUNING === "off" || env.MESA_SHADER_CACHE_DISABLE === "true") return undefined;
  const note = join(cacheFolder(env), "hhvaem", "compiled", createHash("sha256").update(JSON.stringify([gpu.identity, likeness])).digest("hex").slice(0, 32));
  if (existsSync(note)) return undefined;
  let other: ChildProcess | undefined = spawn(process.execPath, process.argv.slice(1), { env: { ...process.env, [marker]: "1" }, stdio: ["ignore", "ignore", "ignore", "ipc"] });
  // it is of help or it is not
  other.on("error", () => (other = undefined));
  other.unref();
  other.channel?.unref();
  return {
    done: () => {
      try {
        mkdirSync(join(note, ".."), { recursive: true });
        writeFileSync(note, "");
      } catch {
        // a read-only home: compiled ahead again next time
      }
    },
    stop: () => other?.kill(),
  };
}
