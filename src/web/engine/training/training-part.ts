import { codeTable } from "../../../data/index.ts";
import { DeviceError } from "../../../gpu/errors.ts";
import { fit, type FileSet, type FitOptions, type Model, type Progress, type Stage } from "../../../model/index.ts";
import { forget, keep, recall } from "../../storage/store.ts";
import { CurveBuffer, type CurvePoint } from "./curve-buffer.ts";
import { configured, type TrainingSettings } from "./training-settings.ts";
import { timeLeft } from "./training-time.ts";
import type { Workspace } from "../workspace.ts";

/** What the page hears while a training runs, a few times a second. */
export interface TrainingNews {
  stage: Stage;
  step: number;
  steps: number;
  /** Share of all work done, weighted by how long a step of each stage takes; 0 to 1. */
  share: number;
  secondsLeft?: number;
  /** Measured since the last news. */
  points: CurvePoint[];
  paused: boolean;
  /** Said when something happened that a user should know: a lost device, a checkpoint taken up again. */
  note?: string;
}

export type TrainingEnd = { kind: "done" | "stopped"; seconds: number; rows: number; features: number } | { kind: "failed"; message: string };

/** A training that was interrupted and can go on. */
export interface Unfinished {
  settings: TrainingSettings;
  step: number;
  savedAt: number;
}

const secondsBetweenCheckpoints = 5;
const secondsBetweenNews = 0.25;
/** Losses in a row without a new checkpoint after which it makes no sense to try again. */
const mostLosses = 3;

class Stopped extends Error {}

/** Training, with pause, stop, checkpoints, and devices that go away. */
export class TrainingPart {
  private running: { stop: AbortController; keepModel: boolean } | undefined;
  private hold: { promise: Promise<void>; release: () => void } | undefined;
  private checkpoint: { files: FileSet; settings: TrainingSettings } | undefined;

  constructor(
    private readonly workspace: Workspace,
    private readonly onModel: (model: Model) => Promise<void>,
  ) {}

  /** An interrupted training of the open table, if the browser kept one. */
  async unfinished(): Promise<Unfinished | undefined> {
    const kept = await recall("checkpoint");
    return kept && { settings: kept.settings, step: kept.step, savedAt: kept.savedAt };
  }

  /** Trains on the open table; goes on from the kept checkpoint if `resume`. */
  async start(settings: TrainingSettings, resume: boolean, onNews: (news: TrainingNews) => void): Promise<TrainingEnd> {
    if (this.running) return { kind: "failed", message: "a training is running already." };
    const { table, schema } = this.workspace;
    if (!table || !schema) return { kind: "failed", message: "open a table and choose its columns first." };
    this.running = { stop: new AbortController(), keepModel: false };
    const started = performance.now();
    try {
      const coded = codeTable(table.raw, schema, { source: table.name });
      this.checkpoint = resume ? await this.kept(settings) : undefined;
      if (!resume) await forget("checkpoint");
      const model = await this.train(settings, coded, schema, onNews);
      await this.onModel(model);
      await forget("checkpoint");
      return { kind: this.running.stop.signal.aborted ? "stopped" : "done", seconds: (performance.now() - started) / 1000, rows: coded.rows, features: coded.features };
    } catch (cause) {
      if (cause instanceof Stopped) return { kind: "stopped", seconds: (performance.now() - started) / 1000, rows: 0, features: 0 };
      return { kind: "failed", message: (cause as Error).message };
    } finally {
      this.running = undefined;
      this.resume();
    }
  }

  pause(): void {
    if (this.hold) return;
    let release = (): void => {};
    const promise = new Promise<void>((resolve) => (release = resolve));
    this.hold = { promise, release };
  }

  resume(): void {
    this.hold?.release();
    this.hold = undefined;
  }

  /** Ends the training; the checkpoint stays, or what was learned becomes the model. */
  stop(keepModel: boolean): void {
    if (!this.running) return;
    this.running.keepModel = keepModel;
    this.running.stop.abort(new Stopped());
    this.resume();
  }

  private async kept(settings: TrainingSettings): Promise<TrainingPart["checkpoint"]> {
    const kept = await recall("checkpoint");
    return kept && JSON.stringify(kept.settings) === JSON.stringify(settings) ? { files: kept.files, settings } : undefined;
  }

  private async train(settings: TrainingSettings, coded: Parameters<typeof fit>[1], schema: Parameters<typeof fit>[2], onNews: (news: TrainingNews) => void): Promise<Model> {
    const { config, schedule } = configured(settings);
    const { stop } = this.running!;
    let losses = 0;
    let note: string | undefined;
    for (;;) {
      const watch = this.watch(settings, { config, schedule, seed: settings.seed }, note, onNews, () => (losses = 0));
      const gpu = await this.workspace.gpu();
      try {
        return await fit(gpu, coded, schema, { config, schedule, seed: settings.seed, resume: this.checkpoint?.files, signal: stop.signal, ...watch });
      } catch (cause) {
        if (cause instanceof Stopped) {
          if (this.running!.keepModel && this.checkpoint) return await this.fromCheckpoint(settings, coded, schema);
          throw cause;
        }
        if (!(cause instanceof DeviceError && gpu.lost) || ++losses > mostLosses) throw cause;
        note = `The GPU was lost (${cause.message.split(";")[0]}). ${this.checkpoint ? "Training goes on from the last checkpoint." : "Training starts again."}`;
      }
    }
  }

  /** The model as the last checkpoint has it: a training whose schedule ends there. */
  private async fromCheckpoint(settings: TrainingSettings, coded: Parameters<typeof fit>[1], schema: Parameters<typeof fit>[2]): Promise<Model> {
    const { config, schedule } = configured(settings);
    const { step } = JSON.parse(new TextDecoder().decode(this.checkpoint!.files.get("checkpoint.json"))) as { step: number };
    const marginal = config.generative && config.marginal ? schedule.marginalSteps * schedule.marginalRestarts : 0;
    const viSteps = config.generative ? Math.min(schedule.viSteps, Math.max(0, step - marginal)) : 0;
    const hmcSteps = config.generative && config.inference === "hmc" ? Math.min(schedule.hmcSteps, Math.max(0, step - marginal - viSteps)) : 0;
    const cut = { ...schedule, viSteps, hmcSteps, completionSteps: Math.max(0, step - marginal - viSteps - hmcSteps) };
    return fit(await this.workspace.gpu(), coded, schema, { config, schedule: cut, seed: settings.seed, resume: this.checkpoint!.files });
  }

  /** The callbacks of `fit`: news, pause and checkpoints. */
  private watch(settings: TrainingSettings, run: Pick<FitOptions, "config" | "schedule" | "seed">, note: string | undefined, onNews: (news: TrainingNews) => void, onCheckpoint: () => void): Partial<FitOptions> {
    const time = timeLeft(run, performance.now());
    const curve = new CurveBuffer();
    let told = 0;
    let stored = performance.now();
    let last: Progress | undefined;
    const tell = (): void => {
      if (!last) return;
      told = performance.now();
      onNews({ stage: last.stage, step: last.step, steps: last.steps, ...time.at(last, told), points: curve.take(), paused: this.hold !== undefined, ...(note ? { note } : {}) });
      note = undefined;
    };
    return {
      onProgress: (progress) => {
        curve.add(progress);
        const changed = progress.stage !== last?.stage;
        last = progress;
        if (changed || progress.step === progress.steps || performance.now() - told > 1000 * secondsBetweenNews) tell();
      },
      paused: () => {
        if (!this.hold) return undefined;
        tell();
        const since = performance.now();
        return this.hold.promise.then(() => time.skip(performance.now() - since));
      },
      wantCheckpoint: () => this.hold !== undefined || this.running!.stop.signal.aborted || performance.now() - stored > 1000 * secondsBetweenCheckpoints,
      onCheckpoint: async (files) => {
        stored = performance.now();
        this.checkpoint = { files, settings };
        onCheckpoint();
        const { step } = JSON.parse(new TextDecoder().decode(files.get("checkpoint.json"))) as { step: number };
        await keep("checkpoint", { settings, files, step, savedAt: Date.now() });
      },
    };
  }
}
