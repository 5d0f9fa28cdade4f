import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { FileSet } from "../../model/index.ts";
import { describe } from "../../fetch/file-faults.ts";
import { makeFolder, writeOutput } from "../inputs/files.ts";
import { UsageError } from "../usage-error.ts";

/** Checkpoints of a training: each in a folder of its own, made under another name and renamed when complete. */
export class CheckpointFolder {
  constructor(private readonly dir: string) {}

  private get root(): string {
    return join(this.dir, "checkpoint");
  }

  /** Stores a checkpoint and drops the one before. */
  async store(files: FileSet): Promise<void> {
    await makeFolder(this.root);
    const number = (await this.complete()).at(-1) ?? 0;
    const temporary = join(this.root, `writing-${randomBytes(4).toString("hex")}`);
    const place = join(this.root, String(number + 1));
    try {
      await makeFolder(temporary);
      for (const [name, bytes] of files) await writeOutput(join(temporary, name), bytes);
      await rename(temporary, place);
    } catch (cause) {
      // half of it is of no use, and takes room where there is none
      await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
      throw cause instanceof UsageError ? cause : new UsageError(`cannot write ${place}: ${describe(cause)}.`);
    }
    await this.drop((entry) => entry !== String(number + 1));
  }

  /** The last complete checkpoint, if there is one. */
  async last(): Promise<FileSet | undefined> {
    const number = (await this.complete()).at(-1);
    if (number === undefined) return undefined;
    const folder = join(this.root, String(number));
    const files = new Map<string, Uint8Array>();
    for (const name of await readdir(folder)) files.set(name, new Uint8Array(await readFile(join(folder, name))));
    return files;
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }

  /** Numbers of complete checkpoints, ascending. */
  private async complete(): Promise<number[]> {
    if (!existsSync(this.root)) return [];
    return (await readdir(this.root)).filter((name) => /^\d+$/.test(name)).map(Number).sort((a, b) => a - b);
  }

  private async drop(unwanted: (entry: string) => boolean): Promise<void> {
    for (const entry of await readdir(this.root)) if (unwanted(entry)) await rm(join(this.root, entry), { recursive: true, force: true });
  }
}
