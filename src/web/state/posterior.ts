import { batch, effect, signal } from "@preact/signals";
import type { RowPosterior, RowQuestion, SamplerPicture, TargetPicture, TuningSettings } from "../engine/posterior/posterior-part.ts";
import type { TuningReport } from "../../experiments/sampler-tuning.ts";
import { callback, engine } from "./engine.ts";
import { attempt } from "./notices.ts";
import { model, table } from "./session.ts";

/** How a row's posterior is followed. */
export const following = signal<Omit<RowQuestion, "row">>({ chains: 8, sweeps: 20, seed: 0 });
export const rowPosterior = signal<RowPosterior | undefined>(undefined);
/** Share of the work done while a row is followed. */
export const followed = signal<number | undefined>(undefined);

// what was followed belongs to one model and one table
effect(() => {
  void model.value;
  void table.value;
  rowPosterior.value = undefined;
});

let asked = 0;

/** Follows a row's chains; only the row asked for last is shown. */
export async function follow(question: RowQuestion): Promise<void> {
  const mine = ++asked;
  followed.value = 0;
  const found = await attempt(() => engine.posterior.row(question, callback((share: number) => mine === asked && (followed.value = share))));
  if (mine !== asked) return;
  batch(() => {
    followed.value = undefined;
    if (found) rowPosterior.value = found;
  });
}

export const tuningSettings = signal<TuningSettings>({ target: "banana", transitions: 10, leapfrogSteps: 5, stepSize: 0.02, entropy: false, seed: 0 });
export const target = signal<TargetPicture | undefined>(undefined);
/** The sampler after tuning, with its chains; while it is being tuned, only what was measured last. */
export const tuned = signal<SamplerPicture | TuningReport | undefined>(undefined);
export const tuningCurve = signal<readonly TuningReport[]>([]);
export const tuningPhase = signal<"idle" | "opening" | "tuning" | "stopping">("idle");

/** Opens the target of the settings with an untuned sampler. */
export async function openTarget(settings: TuningSettings = tuningSettings.value): Promise<void> {
  if (tuningPhase.value === "opening") return;
  const before = tuningPhase.value;
  batch(() => {
    tuningSettings.value = settings;
    tuningPhase.value = "opening";
    tuned.value = undefined;
    tuningCurve.value = [];
    if (target.value && target.value.settings.target !== settings.target) target.value = undefined;
  });
  if (before !== "idle") await attempt(() => engine.posterior.stopTuning());
  const opened = await attempt(() => engine.posterior.target(settings));
  batch(() => {
    tuningPhase.value = "idle";
    target.value = opened;
    if (opened) tuningCurve.value = [opened.untuned];
  });
}

/** Tunes the open target's sampler, or goes on with it. */
export async function tune(steps: number): Promise<void> {
  const { value: open } = target;
  if (!open || tuningPhase.value !== "idle") return;
  tuningPhase.value = "tuning";
  const hear = (report: TuningReport): void => {
    if (target.value !== open) return;
    batch(() => {
      tuned.value = report;
      tuningCurve.value = [...tuningCurve.value, report];
    });
  };
  const done = await attempt(() => engine.posterior.tune(steps, callback(hear)));
  if (target.value !== open) return;
  batch(() => {
    tuningPhase.value = "idle";
    if (done) tuned.value = done;
  });
}

export async function stopTuning(): Promise<void> {
  tuningPhase.value = "stopping";
  await attempt(() => engine.posterior.stopTuning());
}
