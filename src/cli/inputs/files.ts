import { randomBytes } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { gunzip } from "../../data/index.ts";
import type { FileSet } from "../../model/index.ts";
import { makeFolders } from "../../fetch/make-folders.ts";
import { ModelFileError } from "../../nn/model-file-error.ts";
import { UsageError } from "../usage-error.ts";
import { describe } from "../../fetch/file-faults.ts";

/** The path that stands for standard input and standard output. */
export const standard = "-";

/** What messages call a file that is read. */
export function shownName(path: string): string {
  return path === standard ? "standard input" : isStream(path) ? path : basename(path);
}

let standardInput: Promise<Uint8Array> | undefined;

/** All of standard input, which can be read only once. */
function readStandardInput(): Promise<Uint8Array> {
  if (process.stdin.isTTY) throw new UsageError("- is standard input, and nothing comes from there; pipe a file into the command, or name the file.");
  standardInput ??= (async () => {
    const pieces: Buffer[] = [];
    for await (const piece of process.stdin) pieces.push(piece as Buffer);
    return new Uint8Array(Buffer.concat(pieces));
  })();
  return standardInput;
}

/** Whether a path is a pipe, a terminal or another thing that is read once and written as it is: /dev/stdin, /dev/null, <(...), >(...). */
export function isStream(path: string): boolean {
  if (/^\/(dev|proc)\//.test(path)) return existsSync(path);
  try {
    const found = statSync(path);
    return !found.isFile() && !found.isDirectory();
  } catch {
    // what is wrong is said when it is opened
    return false;
  }
}

const streams = new Map<string, Promise<Uint8Array>>();

/** A file's bytes; those of a pipe are kept, as they come once. */
export function readBytes(path: string): Promise<Uint8Array> {
  const read = async (): Promise<Uint8Array> => new Uint8Array(await readFile(path));
  if (!isStream(path)) return read();
  const bytes = streams.get(path) ?? read();
  streams.set(path, bytes);
  return bytes;
}

/** The file's bytes, gunzipped if need be; of standard input where the path is "-". Throws UsageError if it cannot be read. */
export async function readInput(path: string): Promise<Uint8Array> {
  try {
    return await gunzip(path === standard ? await readStandardInput() : await readBytes(path), shownName(path));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === undefined) throw cause;
    throw new UsageError(`cannot read ${path}: ${describe(cause)}.`);
  }
}

/** Writes to standard output, and waits until it is taken. */
export function writeStandardOutput(content: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => void process.stdout.write(content, (error) => (error ? reject(error) : resolve())));
}

/** Writes a file beside its place and renames it: it is there whole or not at all. */
export async function writeOutput(path: string, content: Uint8Array | string): Promise<void> {
  if (isStream(path)) return writeStream(path, content);
  const temporary = await writeBeside(path, content);
  try {
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new UsageError(`cannot write ${path}: ${describe(cause)}.`);
  }
}

/** Writes what is to be a file beside its place, and returns the name that it has there. Throws UsageError, with nothing left. */
async function writeBeside(path: string, content: Uint8Array | string): Promise<string> {
  const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    const file = await open(temporary, "w");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    return temporary;
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new UsageError(`cannot write ${path}: ${describe(cause)}.`);
  }
}

/** Writes into a pipe or a device: nothing may take its place. */
async function writeStream(path: string, content: Uint8Array | string): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (cause) {
    throw new UsageError(`cannot write ${path}: ${describe(cause)}.`);
  }
}

/** The files of a model folder. */
export const modelNames = ["config.json", "schema.json", "weights.safetensors", "log.jsonl"];

/** Writes a model folder in the place of what it held, which stays if the disk is full; config.json comes last, so that a folder with one is complete. */
export async function writeModelFolder(dir: string, files: FileSet): Promise<void> {
  await makeFolder(dir);
  const names = [...files.keys()].sort((a, b) => Number(a === "config.json") - Number(b === "config.json"));
  const written = new Map<string, string>();
  try {
    for (const name of names) written.set(name, await writeBeside(join(dir, name), files.get(name)!));
    for (const name of modelNames) if (name === "config.json" || !files.has(name)) await rm(join(dir, name), { force: true });
    for (const name of names) await rename(written.get(name)!, join(dir, name));
  } catch (cause) {
    for (const temporary of written.values()) await rm(temporary, { force: true });
    throw cause instanceof UsageError ? cause : new UsageError(`cannot write ${dir}: ${describe(cause)}.`);
  }
}

/** The files of a model folder. Throws ModelFileError if it is none. */
export async function readModelFolder(dir: string): Promise<FileSet> {
  const files = new Map<string, Uint8Array>();
  for (const name of modelNames) {
    const path = join(dir, name);
    if (existsSync(path)) files.set(name, new Uint8Array(await readFile(path)));
  }
  if (!files.has("config.json")) {
    const unfinished = existsSync(join(dir, "checkpoint"));
    throw new ModelFileError({
      where: dir,
      expected: "a model folder with config.json",
      got: unfinished ? "a training that has not ended" : existsSync(dir) ? "a folder without it" : "no such folder",
      remedy: unfinished ? "finish it with `hhvaem train ... --resume`" : "train a model with `hhvaem train TABLE --target COLUMN --out DIR`",
    });
  }
  return files;
}

export async function makeFolder(dir: string): Promise<void> {
  try {
    makeFolders(dir);
  } catch (cause) {
    throw new UsageError(`cannot make the folder ${dir}: ${describe(cause)}.`);
  }
}

/** Throws UsageError unless the folder of an output file is there: better before the work than after it. */
export function checkOutputPath(path: string): void {
  if (!existsSync(dirname(path))) throw new UsageError(`the folder of ${path} does not exist; make it first.`);
}
