import { batch, computed, signal } from "@preact/signals";
import type { ReadOptions } from "../../data/index.ts";
import type { Described, Example, Opened, TableInfo } from "../engine/data/data-part.ts";
import type { Choices } from "../engine/data/decide.ts";
import type { Fixable } from "../engine/data/fixes.ts";
import type { AdapterReport } from "../engine/engine.ts";
import type { ModelInfo } from "../engine/models-part.ts";
import { callback, engine, moved } from "./engine.ts";
import { attempt, notices, say } from "./notices.ts";

/** The adapter; undefined while it is being opened. */
export const adapter = signal<AdapterReport | undefined>(undefined);
export const table = signal<TableInfo | undefined>(undefined);
/** What is wrong with the file that was opened last. */
export const fileProblems = signal<{ problems: Fixable[]; source: string } | undefined>(undefined);
/** How the user wants the open file to be read. */
export const readOptions = signal<ReadOptions>({});
export const choices = signal<Choices>({ targets: [], types: {} });
/** What the columns are taken for: the last that was decided. */
export const described = signal<Described | undefined>(undefined);
/** Whether a decision is on its way. */
export const deciding = signal(false);
/** What stands against a training; undefined while it is checked. */
export const choiceProblems = computed(() => (deciding.value ? undefined : described.value?.problems));
export const model = signal<ModelInfo | undefined>(undefined);
/** Whether something is being read. */
export const busy = signal(false);

/** Says that a visit has left something, so that the first view need not wait for the worker to look. */
const keptMark = "hhvaem keeps something";

function mark(kept: boolean): void {
  try {
    if (kept) localStorage.setItem(keptMark, "yes");
    else localStorage.removeItem(keptMark);
  } catch {
    // a browser that keeps nothing has nothing to be waited for
  }
}

function isMarked(): boolean {
  try {
    return localStorage.getItem(keptMark) !== null;
  } catch {
    return false;
  }
}

/** Whether what the last visit left is still being looked for. */
export const restoring = signal(isMarked());

export const hasGpu = computed(() => adapter.value !== undefined && "name" in adapter.value);
/** Whether the open table has the model's columns. */
export const modelFitsTable = computed(() => {
  const names = new Set(table.value?.columns.map(({ name }) => name));
  return model.value !== undefined && table.value !== undefined && model.value.features.every(({ name }) => names.has(name));
});

/** What a page does first: open the device, and what the last visit left. */
export async function begin(): Promise<void> {
  const missing = { missing: "this browser has no WebGPU, or it is switched off" };
  const opening = "gpu" in navigator ? engine.adapter() : missing;
  await attempt(() => engine.claimStorage(callback(tellStorage)));
  const restored = await attempt(() => engine.restore());
  if (restored?.opened && !table.value) await show(restored.opened, restored.options, restored.choices);
  restoring.value = false;
  adapter.value = await opening;
  if (hasGpu.value) model.value = await attempt(() => engine.models.restore());
}

const elsewhere = "This page is open in another tab, which keeps its table and model in this browser. You can work here all the same; what you do is kept when that tab is closed.";

async function tellStorage(owner: boolean): Promise<void> {
  if (!owner) return say({ kind: "note", text: elsewhere, stays: true });
  notices.value = notices.value.filter(({ text }) => text !== elsewhere);
  say({ kind: "note", text: "The other tab is closed: table and model are kept from here now." });
  await attempt(async () => {
    await engine.remember(choices.value);
    await engine.models.keep();
  });
}

export async function openFile(file: File, options: ReadOptions = {}): Promise<void> {
  await opening(async () => engine.data.open(file.name, moved(new Uint8Array(await file.arrayBuffer())), options), options, nothing);
}

export async function openExample(example: Example): Promise<void> {
  await opening(() => engine.data.openExample(example), {}, nothing);
}

const nothing: Choices = { targets: [], types: {} };

/** Shows a table that was opened elsewhere, with choices. */
export async function showOpened(opened: Opened, wanted: Choices): Promise<void> {
  await show(opened, {}, wanted);
}

/** Reads the open file again, with other options; what was chosen stands for the columns that are still there. */
export async function readAgain(options: ReadOptions, wanted: Choices = choices.value): Promise<void> {
  // decisions that follow at once begin with these
  batch(() => {
    readOptions.value = options;
    choices.value = wanted;
  });
  await opening(() => engine.data.read(options), options, wanted);
}

let openings = 0;

async function opening(open: () => Promise<Opened & { choices?: Choices }>, options: ReadOptions, wanted: Choices): Promise<void> {
  const own = ++openings;
  busy.value = true;
  const opened = await attempt(open);
  // another file, or another way to read it, was asked for meanwhile
  if (own !== openings) return;
  if (opened) await show(opened, options, opened.choices ?? wanted);
  if (own === openings) busy.value = false;
}

async function show(opened: Opened, options: ReadOptions = {}, wanted: Choices = nothing): Promise<void> {
  if ("problems" in opened) {
    batch(() => {
      fileProblems.value = opened;
      readOptions.value = options;
      choices.value = wanted;
      table.value = described.value = undefined;
    });
    return;
  }
  const names = new Set(opened.table.columns.map(({ name }) => name));
  const shown = (): void => {
    fileProblems.value = undefined;
    readOptions.value = options;
    table.value = opened.table;
  };
  await choose({ ...wanted, targets: wanted.targets.filter((name) => names.has(name)), types: Object.fromEntries(Object.entries(wanted.types).filter(([name]) => names.has(name))) }, shown);
}

/** Sets what the columns are; the engine says what that means. `shown`: what changes with the answer. */
export async function choose(wanted: Choices, shown = (): void => {}): Promise<void> {
  batch(() => {
    choices.value = wanted;
    deciding.value = true;
  });
  const found = await attempt(() => engine.data.describe(wanted));
  const last = choices.value === wanted;
  batch(() => {
    shown();
    if (!last) return;
    deciding.value = false;
    described.value = found;
  });
  if (!last) return;
  mark(true);
  await engine.remember(wanted);
}

/** Deletes what this browser keeps for the page; what is open stays open. */
export async function forgetKept(): Promise<void> {
  mark(false);
  await engine.forgetAll();
}

export async function refreshModel(): Promise<void> {
  model.value = await attempt(() => engine.models.info());
}

export async function openModel(file: File): Promise<void> {
  const opened = await attempt(async () => engine.models.open(file.name, moved(new Uint8Array(await file.arrayBuffer()))));
  if (!opened) return;
  model.value = opened;
  say({ kind: "note", text: `Opened the model ${opened.name}: ${opened.preset}, ${opened.features.length} features${opened.targets.length > 0 ? `, predicts ${opened.targets.map(({ name }) => name).join(", ")}` : ""}.` });
}
