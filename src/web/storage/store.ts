import { clear, createStore, del, get, set, type UseStore } from "idb-keyval";
import type { FileSet } from "../../model/index.ts";
import type { ReadOptions } from "../../data/index.ts";
import type { Choices } from "../engine/data/decide.ts";
import type { TrainingSettings } from "../engine/training/training-settings.ts";

/** What is kept in this browser between visits; never sent anywhere. */
export interface Kept {
  /** The open file. */
  table: { name: string; bytes: Uint8Array; options: ReadOptions };
  choices: Choices;
  /** The last checkpoint of an unfinished training. */
  checkpoint: { settings: TrainingSettings; files: FileSet; step: number; savedAt: number };
  /** The model as its single file. */
  model: { name: string; bytes: Uint8Array };
}

let opened: UseStore | undefined;
const store = (): UseStore => (opened ??= createStore("hhvaem", "kept"));

/** One tab keeps things at a time: two would overwrite each other's. */
const lockName = "hhvaem storage";
/** Milliseconds for which a tab that is being closed or reloaded may still hold the lock. */
const patience = 1000;

let owner = false;
let claimed: Promise<void> | undefined;

/**
 * Takes the storage for this tab. Resolves when it is known whether it could; where another tab has it, `onChange(false)` says so at once, and
 * `onChange(true)` when this tab has taken over.
 */
export function claimStorage(onChange: (owner: boolean) => void): Promise<void> {
  claimed ??= new Promise((resolve) => {
    // old browsers have no locks: then the last tab that writes wins
    if (!navigator.locks) return resolve(void (owner = true));
    const hold = (): Promise<never> => {
      owner = true;
      resolve();
      return new Promise(() => {});
    };
    navigator.locks.request(lockName, { signal: AbortSignal.timeout(patience) }, hold).catch(async () => {
      onChange(false);
      resolve();
      await abandoned();
      await navigator.locks.request(lockName, () => {
        onChange(true);
        return hold();
      });
    });
  });
  return claimed;
}

/** Resolves when nobody has had the lock for a while: a tab that only reloads comes back before. */
async function abandoned(): Promise<void> {
  for (let free = 0; free < 2; ) {
    await new Promise((resolve) => setTimeout(resolve, 1.5 * patience));
    const { held = [] } = await navigator.locks.query();
    free = held.some(({ name }) => name === lockName) ? 0 : free + 1;
  }
}

/** Keeping is a convenience: where the browser forbids it (private windows), the page works without. */
async function quietly<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (cause) {
    console.warn("hhvaem: this browser keeps nothing between visits:", cause);
    return undefined;
  }
}

/** Keeps something for the next visit, if this tab has the storage. */
export async function keep<K extends keyof Kept>(name: K, value: Kept[K]): Promise<void> {
  if (!owner) return;
  await quietly(() => set(name, value, store()));
}

/** What was kept; an unfinished training only in the tab that has the storage, for in another it may be going on. */
export async function recall<K extends keyof Kept>(name: K): Promise<Kept[K] | undefined> {
  if (name === "checkpoint" && !owner) return undefined;
  return quietly(() => get<Kept[K]>(name, store()));
}

export async function forget(name: keyof Kept): Promise<void> {
  if (owner) await quietly(() => del(name, store()));
}

/** Deletes everything, whichever tab kept it. */
export function forgetAll(): Promise<void> {
  return quietly(() => clear(store())) as Promise<void>;
}
