import { batch, computed, effect, signal } from "@preact/signals";
import type { Method } from "../../acquisition/api.ts";
import type { AskLimits, AskState } from "../engine/ask/ask-state.ts";
import type { Answered, RowToAsk } from "../engine/ask/asking-part.ts";
import { engine } from "./engine.ts";
import { attempt } from "./notices.ts";
import { model, table } from "./session.ts";

export interface AskSettings {
  method: Method;
  draws: number;
  interval: number;
  seed: number;
  /** By feature; what is not there costs 1. */
  costs: Readonly<Record<string, number>>;
  budget?: number;
  minimalGain: number;
  width?: number;
  sure: number;
}

export const askSettings = signal<AskSettings>({ method: "mi", draws: 1000, interval: 0.9, seed: 0, costs: {}, minimalGain: 0.01, sure: 0.95 });
/** The conversation as it stands. */
export const asked = signal<AskState | undefined>(undefined);
/** The row of the table that it started from (index from 0), and what the row says. */
export const askedRow = signal<(RowToAsk & { row: number }) | undefined>(undefined);
const pending = signal(0);
/** Whether draws are on their way. */
export const thinking = computed(() => pending.value > 0);
/** Counts conversations: what one has asked for is not taken for another's. */
let conversations = 0;
/** What is wrong with the last answer, or what to remark. */
export const remark = signal<{ kind: "problem" | "note"; text: string } | undefined>(undefined);
/** Counts starts, answers and what else leads to another question. */
export const turn = signal(0);
/** The feature that the user wants to answer about instead of the proposed one. */
export const wanted = signal<number | undefined>(undefined);

/** The feature that is asked about. */
export const question = computed(() => {
  const state = asked.value;
  if (!state) return undefined;
  return state.candidates.find(({ column }) => column === wanted.value) ?? state.candidates.find(({ column }) => column === state.next) ?? state.candidates[0];
});

/** Whether the features differ in what they cost. */
export const costly = computed(() => model.value?.features.some(({ name }) => (askSettings.value.costs[name] ?? 1) !== 1) ?? false);

// a conversation is about one model, a row about one table
effect(() => {
  void model.value;
  if (asked.peek()) leave();
});
effect(() => {
  void table.value;
  if (asked.peek() && askedRow.peek()) leave();
});

function limits(): AskLimits {
  const { method, costs, budget, minimalGain, width, sure } = askSettings.value;
  return { method, costs: model.value!.features.map(({ name }) => costs[name] ?? 1), budget, minimalGain: inNats(method) ? minimalGain : undefined, width, sure };
}

/** Whether a method's gains are information. */
export function inNats(method: Method): boolean {
  return method === "mi" || method === "gaussian";
}

/** Starts from a row of the table, or from nothing. `without`: features to take as not known. */
export async function begin(row: number | undefined, without: number[]): Promise<void> {
  const { draws, interval, seed } = askSettings.value;
  conversations++;
  let from: typeof askedRow.value;
  await looking(
    async () => {
      if (row !== undefined) from = { row, ...(await engine.asking.row(row)) };
      return { state: await engine.asking.start({ row, without, draws, interval, seed, ...limits() }) };
    },
    () => {
      askedRow.value = from;
      turn.value++;
    },
  );
}

/** Asks about a feature of the user's choice. */
export function askAbout(column: number): void {
  batch(() => {
    wanted.value = column;
    remark.value = undefined;
  });
}

/** Ends the conversation. */
export function leave(): void {
  conversations++;
  batch(() => {
    asked.value = undefined;
    remark.value = undefined;
    wanted.value = undefined;
  });
  void engine.asking.end();
}

export function answer(column: number, text: string): Promise<void> {
  return looking(() => engine.asking.answer(column, text));
}

export const unknown = (column: number): Promise<void> => looking(async () => ({ state: await engine.asking.unknown(column) }));
export const forget = (column: number): Promise<void> => looking(async () => ({ state: await engine.asking.forget(column) }));
export const back = (): Promise<void> => looking(async () => ({ state: await engine.asking.back() }));

/** Changes settings; a conversation goes on with them where it can. */
export async function setAsking(change: Partial<AskSettings>): Promise<void> {
  askSettings.value = { ...askSettings.value, ...change };
  if (asked.value) await looking(async () => ({ state: await engine.asking.adjust(limits()) }), () => undefined);
}

/** Waits for the next state; a failure leaves everything as it is and is said. */
async function looking(work: () => Promise<Answered>, done = (): void => void turn.value++): Promise<void> {
  const conversation = conversations;
  pending.value++;
  const result = await attempt(work);
  batch(() => {
    pending.value--;
    if (conversation !== conversations || !result) return;
    if ("problem" in result) {
      remark.value = { kind: "problem", text: result.problem };
      return;
    }
    remark.value = result.note === undefined ? undefined : { kind: "note", text: result.note };
    asked.value = result.state;
    wanted.value = undefined;
    done();
  });
}
