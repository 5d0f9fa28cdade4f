import { batch, computed, signal } from "@preact/signals";
import type { CurvePoint } from "../engine/training/curve-buffer.ts";
import type { TrainingEnd, TrainingNews, Unfinished } from "../engine/training/training-part.ts";
import { settingsOn, type TrainingSettings } from "../engine/training/training-settings.ts";
import { callback, engine } from "./engine.ts";
import { attempt, say } from "./notices.ts";
import { adapter, refreshModel } from "./session.ts";

export type Phase = "idle" | "starting" | "running" | "paused" | "stopping" | "finishing";

export const phase = signal<Phase>("idle");
const chosen = signal<Partial<TrainingSettings>>({});
/** What is trained next, or now: what was chosen, and else what the command line takes on this adapter. */
export const settings = computed(() => settingsOn(adapter.value && "name" in adapter.value ? adapter.value : undefined, chosen.value));
export const news = signal<TrainingNews | undefined>(undefined);
export const curve = signal<readonly CurvePoint[]>([]);
export const end = signal<TrainingEnd | undefined>(undefined);
/** A training that can be taken up again. */
export const unfinished = signal<Unfinished | undefined>(undefined);

/** Changes what is trained next; `time: undefined` asks for all steps. */
export function choose(wanted: Partial<TrainingSettings>): void {
  chosen.value = { ...chosen.value, ...wanted };
}

export async function lookForUnfinished(): Promise<void> {
  unfinished.value = await attempt(() => engine.training.unfinished());
}

/** Trains, or goes on with what was left unfinished. */
export async function train(resume = false): Promise<void> {
  if (resume && unfinished.value) choose({ time: undefined, heldBack: undefined, ...unfinished.value.settings });
  batch(() => {
    phase.value = "starting";
    end.value = undefined;
    news.value = undefined;
    curve.value = [];
  });
  const ended = await attempt(() => engine.training.start(settings.value, resume, callback(hear)));
  if (ended?.kind === "done" || (ended?.kind === "stopped" && ended.rows > 0)) await refreshModel();
  await lookForUnfinished();
  batch(() => {
    end.value = ended;
    phase.value = "idle";
  });
}

function hear(told: TrainingNews): void {
  batch(() => {
    news.value = told;
    if (told.points.length > 0) curve.value = [...curve.value, ...told.points];
    if (phase.value !== "stopping" && phase.value !== "finishing") phase.value = told.paused ? "paused" : "running";
  });
  if (told.note) say({ kind: "note", text: told.note, stays: true });
}

export async function pause(): Promise<void> {
  await engine.training.pause();
  phase.value = "paused";
}

export async function goOn(): Promise<void> {
  await engine.training.resume();
  phase.value = "running";
}

/** Ends the training; with `keepModel` what was learned so far is the model, and putting it together can be stopped in turn. */
export async function stop(keepModel: boolean): Promise<void> {
  phase.value = keepModel ? "finishing" : "stopping";
  await engine.training.stop(keepModel);
}
