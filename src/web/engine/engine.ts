import type { ReadOptions } from "../../data/index.ts";
import { DeviceError } from "../../gpu/errors.ts";
import { claimStorage, forgetAll, keep, recall } from "../storage/store.ts";
import { AnswersPart } from "./filled/answers-part.ts";
import { AskingPart } from "./ask/asking-part.ts";
import { BenchPart } from "./bench-part.ts";
import { DataPart, type Opened } from "./data/data-part.ts";
import type { Choices } from "./data/decide.ts";
import { ModelsPart } from "./models-part.ts";
import { PosteriorPart } from "./posterior/posterior-part.ts";
import { TrainingPart } from "./training/training-part.ts";
import { Workspace } from "./workspace.ts";

/** The adapter, or why there is none. */
export type AdapterReport = { name: string; software: boolean } | { missing: string };

/** What the last visit left. */
export interface Restored {
  opened?: Opened;
  options?: ReadOptions;
  choices?: Choices;
}

/** Everything that computes: it lives in a worker, so that the page never waits for it. Arguments and results are plain data. */
export class Engine {
  private readonly workspace = new Workspace();
  readonly data = new DataPart(this.workspace);
  readonly answers = new AnswersPart(this.workspace);
  readonly asking = new AskingPart(this.workspace);
  readonly posterior = new PosteriorPart(this.workspace);
  readonly bench = new BenchPart(this.workspace);
  readonly models = new ModelsPart(this.workspace);
  readonly training = new TrainingPart(this.workspace, (model) => this.models.adopt(model, this.workspace.table?.name.replace(/\.\w+(\.gz)?$/, "") ?? "model"));

  /** Opens the device if it is not open yet. */
  async adapter(): Promise<AdapterReport> {
    try {
      const gpu = await this.workspace.gpu();
      return { name: gpu.name, software: gpu.software };
    } catch (cause) {
      if (cause instanceof DeviceError) return { missing: cause.message };
      throw cause;
    }
  }

  /** Takes this browser's storage for this tab; tells when another tab has it, and when this one has taken over. */
  claimStorage(onChange: (owner: boolean) => void): Promise<void> {
    return claimStorage(onChange);
  }

  /** Keeps table and choices for the next visit. */
  async remember(choices: Choices): Promise<void> {
    const table = this.data.stored();
    if (table) await keep("table", table);
    await keep("choices", choices);
  }

  /** Opens what the last visit left. */
  async restore(): Promise<Restored> {
    const table = await recall("table");
    // what the user has opened meanwhile stays
    if (!table || this.workspace.table) return {};
    return { opened: await this.data.open(table.name, table.bytes, table.options), options: table.options, choices: await recall("choices") };
  }

  /** Deletes everything this page keeps in the browser. */
  forgetAll(): Promise<void> {
    return forgetAll();
  }
}
