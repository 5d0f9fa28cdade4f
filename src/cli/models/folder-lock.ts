import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { describe } from "../../fetch/file-faults.ts";
import { makeFolder } from "../inputs/files.ts";
import { UsageError } from "../usage-error.ts";

/** Who works in a folder. */
interface Holder {
  machine: string;
  process: number;
  since: string;
}

const lockName = "in-use.json";
/** Those of this process. */
const held = new Set<string>();

/** Makes a folder, and works in it while no other process may. Throws UsageError, and what the work throws. */
export async function inLockedFolder<T>(dir: string, work: () => Promise<T>): Promise<T> {
  await makeFolder(dir);
  const lock = lockFolder(dir);
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/** Marks a folder as one that this process writes to, until `release`. Throws UsageError if another process does, here or on another machine. */
export function lockFolder(dir: string): { release(): void } {
  const path = resolve(dir, lockName);
  const own: Holder = { machine: hostname(), process: process.pid, since: new Date().toISOString() };
  const text = `${JSON.stringify(own)}\n`;
  for (let tries = 0; ; tries++) {
    try {
      // only one process can make it
      writeFileSync(path, text, { flag: "wx" });
      break;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw new UsageError(`cannot write ${path}: ${describe(cause)}.`);
    }
    const holder = holderOf(path);
    if (tries > 20 || held.has(path) || (holder && !hasEnded(holder))) throw inUse(dir, path, holder);
    if (holder) removeLeft(path, holder);
    // who it is has not been written yet
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
  held.add(path);
  const release = (): void => {
    held.delete(path);
    process.off("exit", release);
    if (same(holderOf(path), own)) rmSync(path, { force: true });
  };
  process.once("exit", release);
  return { release };
}

/** Takes away what a killed process has left, unless another one has been there first and works now. */
function removeLeft(path: string, holder: Holder): void {
  const left = `${path}.${process.pid}`;
  try {
    renameSync(path, left);
    if (!same(holderOf(left), holder)) linkSync(left, path);
    rmSync(left, { force: true });
  } catch {
    // another one did
  }
}

function same(one: Holder | undefined, other: Holder): boolean {
  return one?.machine === other.machine && one.process === other.process && one.since === other.since;
}

function inUse(dir: string, path: string, holder: Holder | undefined): UsageError {
  const who = holder ? `process ${holder.process} on ${holder.machine}, since ${holder.since.slice(0, 16).replace("T", " ")} UTC` : "another process";
  return new UsageError(`${dir} is in use: ${who}, trains in it; wait until it has ended, stop it, or choose another folder. If it has ended without a word, remove ${path}.`);
}

function holderOf(path: string): Holder | undefined {
  try {
    const { machine, process: id, since } = JSON.parse(readFileSync(path, "utf8")) as Partial<Holder>;
    return typeof machine === "string" && Number.isInteger(id) && typeof since === "string" ? { machine, process: id!, since } : undefined;
  } catch {
    // it is being written, or has just gone
    return undefined;
  }
}

/** Of other machines nobody can tell from here. */
function hasEnded({ machine, process: id }: Holder): boolean {
  if (machine !== hostname()) return false;
  // in a container one process after another has the same number
  if (id === process.pid) return true;
  try {
    process.kill(id, 0);
    return false;
  } catch (cause) {
    // EPERM: it is alive and somebody else's
    return (cause as NodeJS.ErrnoException).code === "ESRCH";
  }
}
