import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { FetchError } from "./fetch-error.ts";
import { describe } from "./file-faults.ts";

/** What a server said of the file whose beginning is stored: a later request may go on only if it says the same. */
export interface Origin {
  url: string;
  /** A strong ETag, else the date of the last change; null where it sent neither. */
  validator: string | null;
  total: number | null;
}

/**
 * A download that is not complete. Its name holds machine and process, so that processes never write to the same file;
 * one that is free, or whose process has ended, is taken over by renaming it, which only one process can do.
 */
export class PartialFile {
  private constructor(
    readonly path: string,
    public size: number,
    public origin: Origin | null,
  ) {}

  /** The beginning of this address's file that an earlier try left, else an empty one. */
  static async claim(folder: string, file: string, url: string): Promise<PartialFile> {
    const own = join(folder, `${file}.${owner()}-${randomBytes(4).toString("hex")}.part`);
    for (const name of await readdir(folder)) {
      if (!isAbandoned(name, file)) continue;
      const path = join(folder, name);
      try {
        const origin = JSON.parse(await readFile(`${path}.json`, "utf8")) as Origin;
        if (origin.url !== url) continue;
        await rename(path, own);
        await rename(`${path}.json`, `${own}.json`);
        return new PartialFile(own, (await stat(own)).size, origin);
      } catch {
        // another process took it, or it is damaged: not worth more than a new start
      }
    }
    return new PartialFile(own, 0, null);
  }

  /** Starts anew with what the server says of the file. */
  async begin(origin: Origin): Promise<FileHandle> {
    this.size = 0;
    this.origin = origin;
    return this.guard(async () => {
      await writeFile(`${this.path}.json`, JSON.stringify(origin));
      return open(this.path, "w");
    });
  }

  async goOn(): Promise<FileHandle> {
    return this.guard(() => open(this.path, "a"));
  }

  async append(handle: FileHandle, bytes: Uint8Array): Promise<void> {
    await this.guard(() => handle.writeFile(bytes));
    this.size += bytes.length;
  }

  async sha256(): Promise<string> {
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(this.path)) hash.update(chunk as Buffer);
    return hash.digest("hex");
  }

  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(await readFile(this.path));
  }

  /** Leaves the beginning to whoever tries next. */
  async release(): Promise<void> {
    const free = this.path.replace(`.${owner()}-`, ".free-");
    try {
      await rename(this.path, free);
      await rename(`${this.path}.json`, `${free}.json`);
    } catch {
      // nothing was stored yet
    }
  }

  async discard(): Promise<void> {
    this.size = 0;
    this.origin = null;
    await rm(this.path, { force: true });
    await rm(`${this.path}.json`, { force: true });
  }

  /** Puts the complete file in its place. */
  async moveTo(path: string): Promise<void> {
    await this.guard(async () => {
      const handle = await open(this.path, "r+");
      await handle.sync().finally(() => handle.close());
      await rename(this.path, path);
      await rm(`${this.path}.json`, { force: true });
    });
  }

  private async guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw storageError(this.path, cause);
    }
  }
}

/** Removes beginnings of a file that nobody works on. */
export async function removeAbandoned(folder: string, file: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!isAbandoned(name, file)) continue;
    await rm(join(folder, name), { force: true });
    await rm(join(folder, `${name}.json`), { force: true });
  }
}

/** A folder that cannot be written to or is full, with what to do. */
export function storageError(path: string, cause: unknown): FetchError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") return new FetchError(`cannot write ${path}: the disk is full. Make room, or name a folder on another disk with --cache.`);
  if (code === "EROFS") return new FetchError(`cannot write ${path}: the disk can only be read. Name a folder on another disk with --cache.`);
  if (code === "EACCES" || code === "EPERM") return new FetchError(`cannot write ${path}: no permission. Name a folder of yours with --cache.`);
  return new FetchError(`cannot write ${path}: ${describe(cause)}. Another folder can be named with --cache.`);
}

const machine = hostname().replace(/[^\w-]/g, "_");

function owner(): string {
  return `${machine}.${process.pid}`;
}

/** Whether the name is a beginning of the file that is free or whose process, on this machine, has ended. */
function isAbandoned(name: string, file: string): boolean {
  if (!name.startsWith(`${file}.`) || !name.endsWith(".part")) return false;
  const rest = name.slice(file.length + 1, -".part".length);
  if (/^free-[0-9a-f]{8}$/.test(rest)) return true;
  const match = /^([\w-]+)\.(\d+)-[0-9a-f]{8}$/.exec(rest);
  return match !== null && match[1] === machine && !isAlive(Number(match[2]));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // EPERM: it is alive and somebody else's
    return (cause as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
