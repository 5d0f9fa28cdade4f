import { resultName, saia, valuesKnown, type SaiaResult } from "../../experiments/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import type { Model } from "../../model/index.ts";
import { clock } from "../../report/clock.ts";
import type { Piece } from "../experiments/pieces.ts";
import { ProgressLine, TimeLeft } from "../output/progress.ts";
import type { SaiaFolder } from "../experiments/saia-folder.ts";
import { isTrained, trainedModel } from "../models/trained-model.ts";
import { withDevice } from "../device.ts";
import type { SaiaData } from "./saia-data.ts";

/** Trains what is not trained yet and acquires what is not acquired yet, telling of it. */
export class SaiaRun {
  private readonly line = new ProgressLine();
  private readonly left = new TimeLeft();

  constructor(
    private readonly folder: SaiaFolder,
    private readonly data: SaiaData,
    private readonly signal: AbortSignal,
  ) {}

  async all(pieces: readonly Piece[]): Promise<void> {
    const done = new Map(this.folder.results.map((result) => [resultName(result), result]));
    const open = pieces.map((piece) => ({ ...piece, methods: piece.methods.filter((method) => !done.has(resultName({ ...piece, method }))) })).filter((piece) => piece.methods.length > 0);
    for (const { model, method, seconds } of done.values()) this.left.done(`${model} ${method}`, seconds);
    for (const { fold, model, methods } of open) {
      if (!isTrained(this.folder.model(`fold-${fold}-${model}`))) this.left.expect(`train ${model}`);
      for (const method of methods) this.left.expect(`${model} ${method}`);
    }
    const total = pieces.reduce((sum, piece) => sum + piece.methods.length, 0);
    const before = total - open.reduce((sum, piece) => sum + piece.methods.length, 0);
    if (before > 0) this.say(`${before} of ${total} pieces are done already`);
    let number = before;
    for (const piece of open) {
      await withDevice(async (gpu) => {
        for await (const result of this.piece(gpu, piece)) {
          this.say(`[${++number}/${total}] ${resultName(result)}: ${this.curveInWords(result.error)}; ${clock(result.seconds)}${this.timeLeft()}`);
        }
      });
    }
  }

  /** "RMSE 3.21 with nothing, 2.5 with one value, 1.1 with all" */
  private curveInWords(curve: readonly number[]): string {
    const { features, unit = "value", errorName } = this.folder.identity;
    const known = valuesKnown(this.folder.identity);
    const names = known.map((count) => (count === 0 ? "nothing" : count === features.length ? "all" : count === 1 ? `one ${unit}` : `${count} ${unit}s`));
    const shown = [...new Set([0, 1, known.length - 1])];
    return `${errorName} ${shown.map((step) => `${curve[step].toPrecision(3)} with ${names[step]}`).join(", ")}`;
  }

  private async *piece(gpu: Gpu, { fold, model: name, methods }: Piece): AsyncGenerator<SaiaResult> {
    const model = await this.train(gpu, fold, name);
    const test = this.data.test(fold, model.schema);
    let started = performance.now();
    const { draws, seed, randomOrders, atOnce, steps } = this.folder.identity;
    const onProgress = (method: string, done: number, steps: number): void => this.line.update(`fold ${fold}, ${name}, ${method}`, done, steps, this.timeLeft());
    for await (const curves of saia(model, test, { methods, draws, seed, randomOrders, units: this.data.units, atOnce, steps, onProgress, signal: this.signal })) {
      const seconds = (performance.now() - started) / 1000;
      const result: SaiaResult = { fold, model: name, ...curves, position: curves.position.map((at) => (Number.isNaN(at) ? null : at)), seconds, adapter: gpu.name };
      await this.folder.add(result);
      this.left.done(`${name} ${curves.method}`, seconds);
      yield result;
      started = performance.now();
    }
  }

  /** The fold's model from the folder, or trained now. */
  private async train(gpu: Gpu, fold: number, name: string): Promise<Model> {
    const { rows, ...training } = await this.data.training(fold, name);
    const { model, seconds } = await trainedModel(gpu, { dir: this.folder.model(`fold-${fold}-${name}`) }, {
      ...training,
      seed: this.folder.identity.seed,
      signal: this.signal,
      onProgress: (progress) => this.line.update(`fold ${fold}, training ${name}, ${progress.stage}`, progress.step, progress.steps, this.timeLeft()),
    });
    if (seconds !== undefined) {
      this.left.done(`train ${name}`, seconds);
      this.say(`fold ${fold}: ${name} trained on ${rows} ${this.data.rows} in ${clock(seconds)}${this.timeLeft()}`);
    }
    return model;
  }

  private timeLeft(): string {
    const seconds = this.left.seconds;
    return seconds === undefined || seconds < 1 ? "" : `, about ${clock(seconds)} left`;
  }

  private say(text: string): void {
    this.line.done();
    process.stderr.write(`${text}\n`);
  }
}
