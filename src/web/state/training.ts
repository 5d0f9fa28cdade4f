import { batch, signal } from "@preact/signals";
import type { CurvePoint } from "../engine/training/curve-buffer.ts";
import type { TrainingEnd, TrainingNews, Unfinished } from "../engine/training/training-part.ts";
import { defaultSettings, type TrainingSettings } from "../engine/training/training-settings.ts";
import { callback, engine } from "./engine.ts";
import { attempt, say } from "./notices.ts";
import { refreshModel } from "./session.ts";

export type Phase = "idle" | "starting" | "running" | "paused" | "stopping" | "finishing";

export const phase = signal<Phase>("idle");
export const settings = signal<TrainingSettings>(defaultSettings);
export const news = signal<TrainingNews | undefined>(undefined);
export const curve = signal<readonly CurvePoint[]>([]);
export const end = signal<TrainingEnd | undefined>(undefined);
/** A training that can be taken up again. */
export const unfinished = signal<Unfinished | undefined>(undefined);

export async function lookForUnfinished(): Promise<void> {
  unfinished.value = await attempt(() => engine.training.unfinished());
}

/** Trains, or goes on with what was left unfinished. */
export async function train(resume = false): Promise<void> {
  if (resume && unfinished.value) settings.value = unfinished.value.settings;
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
  if (told.note) say({ kind: "note", text: told.note });
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
