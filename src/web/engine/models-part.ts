import { featureColumns, targetColumns, type Column, type Schema } from "../../data/index.ts";
import { loadModel, packModel, unpackModel, type Calibration, type FileSet, type ModelCheck, type Progress, type TrainingTime } from "../../model/index.ts";
import { fetchExample } from "./fetch-example.ts";
import { forget, keep, recall } from "../storage/store.ts";
import type { CurvePoint } from "./training/curve-buffer.ts";
import type { Workspace } from "./workspace.ts";

/** What the page knows of a model. */
export interface ModelInfo {
  name: string;
  preset: string;
  latents: readonly number[];
  usesHmc: boolean;
  features: Column[];
  targets: Column[];
  /** What it takes all columns for, those that are left out too, and how its tables are read. */
  schema: Schema;
  /** Of a model whose training was given a time: what it did with it. */
  time?: TrainingTime;
  /** What rows held back showed of its intervals. */
  calibration?: Calibration;
  /** How it does on rows that its training has not seen. */
  check?: ModelCheck;
  /** Whether the model's file holds training rows, which its networks look up. */
  holdsRows: boolean;
  /** The training's curve. */
  curve: CurvePoint[];
}

/** The model as a file: the same file that the command line reads and writes. */
export class ModelsPart {
  private name = "model";

  constructor(private readonly workspace: Workspace) {}

  /** Takes a trained model as the one to ask, and keeps it in this browser. */
  async adopt(files: FileSet, name: string): Promise<void> {
    this.workspace.setModel(files);
    this.name = name;
    await this.keep();
  }

  /** Keeps the model for the next visit. */
  async keep(): Promise<void> {
    if (this.workspace.modelFiles) await keep("model", { name: this.name, bytes: packModel(this.workspace.modelFiles) });
  }

  /** The model's file. */
  async save(): Promise<{ name: string; bytes: Uint8Array }> {
    if (!this.workspace.modelFiles) throw new Error("there is no model yet: train one, or open a model file.");
    return { name: `${this.name}.hhvaem`, bytes: packModel(this.workspace.modelFiles) };
  }

  /** Opens a model file. Throws ModelFileError for what is none; the model before stays then. */
  async open(name: string, bytes: Uint8Array): Promise<ModelInfo> {
    const files = unpackModel(bytes, name);
    // with its weights on the device it is known to be whole
    (await loadModel(await this.workspace.gpu(), files)).destroy();
    this.workspace.setModel(files);
    this.name = name.replace(/\.hhvaem$/, "");
    await keep("model", { name: this.name, bytes });
    return (await this.info())!;
  }

  /** Opens the finished example's model. */
  async openFinished(): Promise<ModelInfo> {
    return this.open("cars-with-holes.hhvaem", await fetchExample("cars.hhvaem"));
  }

  /** The model that the browser kept, if any. */
  async restore(): Promise<ModelInfo | undefined> {
    const kept = await recall("model");
    // what the user has opened meanwhile stays
    if (!kept || this.workspace.modelFiles) return this.info();
    try {
      return await this.open(kept.name, kept.bytes);
    } catch (cause) {
      await forget("model");
      console.warn("hhvaem: the kept model could not be opened:", cause);
      return undefined;
    }
  }

  async info(): Promise<ModelInfo | undefined> {
    const { modelFiles } = this.workspace;
    if (!modelFiles) return undefined;
    const model = await this.workspace.model();
    const log = new TextDecoder().decode(modelFiles.get("log.jsonl") ?? new Uint8Array(0)).split("\n").filter((line) => line !== "");
    return {
      name: this.name,
      preset: model.config.preset,
      latents: [...model.config.latents],
      usesHmc: model.config.inference === "hmc",
      features: featureColumns(model.schema),
      targets: targetColumns(model.schema),
      schema: withoutBins(model.schema),
      time: model.time,
      calibration: model.calibration,
      check: model.check,
      holdsRows: (model.config.completion?.lookUp ?? 0) > 0,
      curve: log.map((line) => JSON.parse(line) as Progress).map(({ stage, step, metrics }) => ({ stage, step, metrics })),
    };
  }
}

/** The page has no use for the bins and knots, which may be many. */
function withoutBins(schema: Schema): Schema {
  return { ...schema, columns: schema.columns.map(({ bins, knots, ...column }) => column) };
}
