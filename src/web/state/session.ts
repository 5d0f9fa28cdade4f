import { batch, computed, signal } from "@preact/signals";
import type { ReadOptions, TableProblem } from "../../data/index.ts";
import type { Choices, Example, Opened, TableInfo } from "../engine/data-part.ts";
import type { AdapterReport } from "../engine/engine.ts";
import type { ModelInfo } from "../engine/models-part.ts";
import { callback, engine, moved } from "./engine.ts";
import { attempt, notices, say } from "./notices.ts";

/** The adapter; undefined while it is being opened. */
export const adapter = signal<AdapterReport | undefined>(undefined);
export const table = signal<TableInfo | undefined>(undefined);
/** What is wrong with the file that was opened last. */
export const fileProblems = signal<{ problems: TableProblem[]; source: string } | undefined>(undefined);
export const choices = signal<Choices>({ targets: [], types: {} });
/** What stands against the choices; undefined while they are checked. */
export const choiceProblems = signal<TableProblem[] | undefined>(undefined);
export const model = signal<ModelInfo | undefined>(undefined);
/** Whether something is being read. */
export const busy = signal(false);

export const hasGpu = computed(() => adapter.value !== undefined && "name" in adapter.value);
/** Whether the open table has the model's columns. */
export const modelFitsTable = computed(() => {
  const names = new Set(table.value?.columns.map(({ name }) => name));
  return model.value !== undefined && table.value !== undefined && model.value.features.every(({ name }) => names.has(name));
});

/** What a page does first: open the device, and what the last visit left. */
export async function begin(): Promise<void> {
  if (!("gpu" in navigator)) adapter.value = { missing: "this browser has no WebGPU, or it is switched off" };
  else adapter.value = await engine.adapter();
  await attempt(() => engine.claimStorage(callback(tellStorage)));
  const restored = await attempt(() => engine.restore());
  if (restored?.opened && !table.value) await show(restored.opened, restored.choices);
  if (hasGpu.value) model.value = await attempt(() => engine.models.restore());
}

const elsewhere = "This page is open in another tab, which keeps its table and model in this browser. You can work here all the same; what you do is kept when that tab is closed.";

async function tellStorage(owner: boolean): Promise<void> {
  if (!owner) return say({ kind: "note", text: elsewhere });
  notices.value = notices.value.filter(({ text }) => text !== elsewhere);
  say({ kind: "note", text: "The other tab is closed: table and model are kept from here now." });
  await attempt(async () => {
    await engine.remember(choices.value);
    await engine.models.keep();
  });
}

export async function openFile(file: File, options: ReadOptions = {}): Promise<void> {
  await opening(async () => engine.data.open(file.name, moved(new Uint8Array(await file.arrayBuffer())), options));
}

export async function openExample(example: Example): Promise<void> {
  await opening(() => engine.data.openExample(example));
}

async function opening(open: () => Promise<Opened>): Promise<void> {
  busy.value = true;
  const opened = await attempt(open);
  if (opened) await show(opened);
  busy.value = false;
}

async function show(opened: Opened, given?: Choices): Promise<void> {
  if ("problems" in opened) {
    batch(() => {
      fileProblems.value = opened;
      table.value = undefined;
    });
    return;
  }
  const { table: info } = opened;
  const types = Object.fromEntries(info.columns.map(({ name, type }) => [name, type]));
  batch(() => {
    fileProblems.value = undefined;
    table.value = info;
  });
  await choose(given ?? { targets: info.targets, types });
}

/** Sets what the columns are; the engine checks it. */
export async function choose(wanted: Choices): Promise<void> {
  batch(() => {
    choices.value = wanted;
    choiceProblems.value = undefined;
  });
  const problems = await attempt(() => engine.data.choose(wanted));
  if (choices.value !== wanted) return;
  choiceProblems.value = problems ?? [];
  await engine.remember(wanted);
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
