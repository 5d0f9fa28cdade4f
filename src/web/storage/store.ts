import { clear, createStore, del, get, set, type UseStore } from "idb-keyval";
import type { FileSet } from "../../model/index.ts";
import type { Choices, ReadOptions } from "../engine/data-part.ts";
import type { TrainingSettings } from "../engine/training-settings.ts";

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

/** Keeping is a convenience: where the browser forbids it (private windows), the page works without. */
async function quietly<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (cause) {
    console.warn("hhvaem: this browser keeps nothing between visits:", cause);
    return undefined;
  }
}

export function keep<K extends keyof Kept>(name: K, value: Kept[K]): Promise<void> {
  return quietly(() => set(name, value, store())) as Promise<void>;
}

export function recall<K extends keyof Kept>(name: K): Promise<Kept[K] | undefined> {
  return quietly(() => get<Kept[K]>(name, store()));
}

export function forget(name: keyof Kept): Promise<void> {
  return quietly(() => del(name, store())) as Promise<void>;
}

export function forgetAll(): Promise<void> {
  return quietly(() => clear(store())) as Promise<void>;
}
