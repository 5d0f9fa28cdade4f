import { codeTable, type RawTable, type ReadOptions, type LevelRule, type Schema, type Table } from "../../data/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { openDevice } from "../../gpu/open-device.ts";
import { DeviceError } from "../../gpu/errors.ts";
import { loadModel, type FileSet, type Model } from "../../model/index.ts";

/** A table as it was opened: its text, and the bytes to keep for the next visit. */
export interface OpenTable {
  name: string;
  raw: RawTable;
  bytes: Uint8Array;
  options: ReadOptions;
}

/** What all parts of the engine share: the device, the open table, what its columns are taken for, and the model. */
export class Workspace {
  table: OpenTable | undefined;
  /** Of the open table as the user has set it; a model has its own. */
  schema: Schema | undefined;
  /** The same for a preset with another rule for few different numbers; undefined where something stands against it. */
  schemaBy: ((rule: LevelRule) => Schema | undefined) | undefined;
  private files: FileSet | undefined;
  private device: Promise<Gpu> | undefined;
  private loaded: { gpu: Gpu; model: Promise<Model> } | undefined;
  /** What ends before a model goes, and the questions that are being answered. */
  private readonly endings: (() => Promise<void>)[] = [];
  private readonly asking = new Set<Promise<unknown>>();

  /** open: gets a device; the browser's unless told otherwise. */
  constructor(private readonly open: () => Promise<Gpu> = openDevice) {}

  /** The device; a new one where the last was lost. Throws DeviceError if there is none. */
  async gpu(): Promise<Gpu> {
    if (this.device) {
      const gpu = await this.device.catch(() => undefined);
      if (gpu && !gpu.lost) return gpu;
    }
    this.device = this.open();
    return this.device;
  }

  get modelFiles(): FileSet | undefined {
    return this.files;
  }

  /** Puts a model in place; undefined takes it away. */
  setModel(files: FileSet | undefined): void {
    const before = this.loaded?.model;
    this.files = files;
    this.loaded = undefined;
    if (before) void this.drop(before);
  }

  /** Calls this before a model is taken off the device. */
  beforeModelGoes(end: () => Promise<void>): void {
    this.endings.push(end);
  }

  /** Frees what a model holds on the device, when nothing needs it any more. */
  private async drop(before: Promise<Model>): Promise<void> {
    await Promise.allSettled([...this.asking, ...this.endings.map((end) => end())]);
    await before.then(
      (model) => model.destroy(),
      () => undefined,
    );
  }

  /** The model on the present device. */
  async model(): Promise<Model> {
    const gpu = await this.gpu();
    if (!this.files) throw new Error("there is no model yet: train one, or open a model file.");
    if (this.loaded?.gpu !== gpu) this.loaded = { gpu, model: loadModel(gpu, this.files) };
    return this.loaded.model;
  }

  /** Asks the model something; once more, on a new device, if the device is lost meanwhile. */
  async ask<T>(question: (model: Model) => Promise<T>): Promise<T> {
    const answer = this.answer(question);
    this.asking.add(answer);
    return answer.finally(() => this.asking.delete(answer));
  }

  private async answer<T>(question: (model: Model) => Promise<T>): Promise<T> {
    const model = await this.model();
    try {
      return await question(model);
    } catch (cause) {
      const gpu = this.loaded?.gpu;
      if (!(cause instanceof DeviceError && gpu?.lost)) throw cause;
      return question(await this.model());
    }
  }

  /** The open table coded for the model. Throws TableError if it does not fit. */
  async coded(rows?: ArrayLike<number>): Promise<Table> {
    if (!this.table) throw new Error("there is no table open.");
    const { schema } = await this.model();
    return codeTable(this.table.raw, schema, { rows, source: this.table.name });
  }
}
