import { codeTable } from "../../../data/index.ts";
import { DeviceError } from "../../../gpu/errors.ts";
import { checkModel, cutAt, fit, holdOut, levelRuleOf, withCheck, type FileSet, type FitOptions, type HeldOut, type Model, type Progress, type Training } from "../../../model/index.ts";
import { forget, keep, recall } from "../../storage/store.ts";
import { CurveBuffer, type CurvePoint } from "./curve-buffer.ts";
import { ProgressBeat, type Beat } from "./progress-beat.ts";
import { configured, type TrainingSettings } from "./training-settings.ts";
import type { Workspace } from "../workspace.ts";

/** What the page hears while a training runs, a few times a second. */
export interface TrainingNews extends Beat {
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
/** The clock goes on where the device says nothing for long. */
const secondsBetweenBeats = 0.5;
/** Losses in a row without a new checkpoint after which it makes no sense to try again. */
const mostLosses = 3;

class Stopped extends Error {}

/** Training, with pause, stop, checkpoints, and devices that go away. */
export class TrainingPart {
  /** `stop` ends the training, `giveUp` the putting together of what was learned, if it is to be kept. */
  private running: { stop: AbortController; giveUp: AbortController; keepModel: boolean } | undefined;
  private hold: { promise: Promise<void>; release: () => void } | undefined;
  private checkpoint: { files: FileSet; settings: TrainingSettings } | undefined;

  constructor(
    private readonly workspace: Workspace,
    private readonly onModel: (files: FileSet) => Promise<void>,
  ) {}

  /** An interrupted training of the open table, if the browser kept one. */
  async unfinished(): Promise<Unfinished | undefined> {
    const kept = await recall("checkpoint");
    return kept && { settings: kept.settings, step: kept.step, savedAt: kept.savedAt };
  }

  /** Trains on the open table; goes on from the kept checkpoint if `resume`. */
  async start(settings: TrainingSettings, resume: boolean, onNews: (news: TrainingNews) => void): Promise<TrainingEnd> {
    if (this.running) return { kind: "failed", message: "a training is running already." };
    const { table, schema: shown, schemaBy } = this.workspace;
    const rule = levelRuleOf(settings.preset);
    // the paper's presets keep the paper's rule
    const schema = shown && rule !== "ordered" && schemaBy ? schemaBy(rule) : shown;
    if (!table || !schema) return { kind: "failed", message: "open a table and choose its columns first." };
    this.running = { stop: new AbortController(), giveUp: new AbortController(), keepModel: false };
    const started = performance.now();
    try {
      const coded = codeTable(table.raw, schema, { source: table.name });
      this.checkpoint = resume ? await this.kept(settings) : undefined;
      if (!resume) await forget("checkpoint");
      const split = holdOut(coded, settings.heldBack ?? 0, settings.seed);
      const { model, beat, curve } = await this.train(settings, split, schema, onNews);
      const stopped = this.running.stop.signal.aborted;
      const files = await this.checked(model, split, { seed: settings.seed, curve, stopped }, beat, onNews);
      await this.onModel(files);
      await forget("checkpoint");
      return { kind: stopped ? "stopped" : "done", seconds: (performance.now() - started) / 1000, rows: split.training.rows, features: coded.features };
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

  /** Ends the training; the checkpoint stays, or what was learned becomes the model, unless a second stop gives that up too. */
  stop(keepModel: boolean): void {
    if (!this.running) return;
    const { stop, giveUp } = this.running;
    if (!stop.signal.aborted) this.running.keepModel = keepModel;
    if (!keepModel) giveUp.abort(new Stopped());
    stop.abort(new Stopped());
    this.resume();
  }

  private async kept(settings: TrainingSettings): Promise<TrainingPart["checkpoint"]> {
    const kept = await recall("checkpoint");
    return kept && JSON.stringify(kept.settings) === JSON.stringify(settings) ? { files: kept.files, settings } : undefined;
  }

  private async train(settings: TrainingSettings, { training: table, exam }: HeldOut, schema: Parameters<typeof fit>[2], onNews: (news: TrainingNews) => void): Promise<Trained> {
    const running = this.running!;
    const curve: [number, number][] = [];
    let training: Training = { ...configured(settings), rows: table.rows };
    let { signal } = running.stop;
    let losses = 0;
    let note: string | undefined;
    for (;;) {
      const gpu = await this.workspace.gpu();
      const spent = (this.checkpoint && headOf(this.checkpoint.files).time?.spent) ?? 0;
      const given = settings.time === undefined ? undefined : { seconds: settings.time, spent };
      const beat = new ProgressBeat(training, performance.now(), { software: gpu.software, checks: exam !== undefined, given });
      const { end, ...watch } = this.watch(settings, beat, { note, curve }, onNews, () => (losses = 0));
      try {
        const time = settings.time === undefined ? undefined : { seconds: settings.time, clock: () => performance.now() };
        return { model: await fit(gpu, table, schema, { ...training, seed: settings.seed, resume: this.checkpoint?.files, time, signal, ...watch }), beat, curve };
      } catch (cause) {
        if (cause instanceof Stopped) {
          if (!running.keepModel || !this.checkpoint || running.giveUp.signal.aborted) throw cause;
          // the model as the last checkpoint has it: a training that ends there
          training = cutAt(training, headOf(this.checkpoint.files).step);
          signal = running.giveUp.signal;
          continue;
        }
        if (!(cause instanceof DeviceError && gpu.lost) || ++losses > mostLosses) throw cause;
        note = `The GPU was lost (${cause.message.split(";")[0]}). ${this.checkpoint ? "Training goes on from the last checkpoint." : "Training starts again."}`;
      } finally {
        end();
      }
    }
  }

  /** The model's files, with what the rows held back show where there are some; a stop leaves that out. */
  private async checked(model: Model, { training, exam }: HeldOut, facts: { seed: number; curve: [number, number][]; stopped: boolean }, beat: ProgressBeat, onNews: (news: TrainingNews) => void): Promise<FileSet> {
    const { stop, giveUp } = this.running!;
    const tell = (): void => onNews({ ...beat.beat(performance.now()), points: [], paused: false });
    const ticking = setInterval(tell, 1000 * secondsBetweenBeats);
    try {
      const files = await model.files();
      if (!exam) return files;
      beat.check(0, performance.now());
      tell();
      const signal = facts.stopped ? giveUp.signal : stop.signal;
      return withCheck(files, await checkModel(model, { training, exam }, { ...facts, signal, onProgress: (share) => beat.check(share, performance.now()) }));
    } catch (cause) {
      if (giveUp.signal.aborted) throw new Stopped();
      // what was trained is there, whatever became of the check
      onNews({ ...beat.beat(performance.now()), points: [], paused: false, ...(!(cause instanceof Stopped) && { note: `The model could not be checked: ${(cause as Error).message}` }) });
      return await model.files();
    } finally {
      clearInterval(ticking);
      model.destroy();
    }
  }

  /** The callbacks of `fit`: news, pause and checkpoints. `end` stops the news. */
  private watch(settings: TrainingSettings, beat: ProgressBeat, { note, curve }: { note: string | undefined; curve: [number, number][] }, onNews: (news: TrainingNews) => void, onCheckpoint: () => void): Partial<FitOptions> & { end(): void } {
    const points = new CurveBuffer();
    const began = performance.now();
    let told = 0;
    let stored = performance.now();
    let last: Progress | undefined;
    const tell = (): void => {
      told = performance.now();
      onNews({ ...beat.beat(told), points: points.take(), paused: this.hold !== undefined, ...(note ? { note } : {}) });
      note = undefined;
    };
    const ticking = setInterval(() => {
      if (!this.hold && performance.now() - told > 1000 * secondsBetweenBeats) tell();
    }, 1000 * secondsBetweenBeats);
    return {
      end: () => clearInterval(ticking),
      onProgress: (progress) => {
        const now = performance.now();
        points.add(progress, (now - began) / 1000);
        const { heldBack } = progress.metrics;
        if (heldBack !== undefined) curve.push([(now - began) / 1000, heldBack]);
        beat.hear(progress, now);
        const changed = progress.stage !== last?.stage;
        last = progress;
        if (changed || progress.step === progress.steps || now - told > 1000 * secondsBetweenNews) tell();
      },
      paused: () => {
        if (!this.hold) return undefined;
        tell();
        const since = performance.now();
        return this.hold.promise.then(() => beat.skip(performance.now() - since));
      },
      wantCheckpoint: () => this.hold !== undefined || this.running!.stop.signal.aborted || performance.now() - stored > 1000 * secondsBetweenCheckpoints,
      onCheckpoint: async (files) => {
        stored = performance.now();
        this.checkpoint = { files, settings };
        onCheckpoint();
        await keep("checkpoint", { settings, files, step: headOf(files).step, savedAt: Date.now() });
      },
    };
  }
}

/** A model, where its training's news stand, and the errors on rows held back by seconds. */
interface Trained {
  model: Model;
  beat: ProgressBeat;
  curve: [number, number][];
}

function headOf(files: FileSet): { step: number; time?: { spent: number } } {
  return JSON.parse(new TextDecoder().decode(files.get("checkpoint.json"))) as { step: number; time?: { spent: number } };
}
