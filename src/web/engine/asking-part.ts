import { openLoop, type AcquisitionLoop, type AdjustableOptions } from "../../acquisition/index.ts";
import { codeTable, decodeValue, featureColumns, formatValue, readValue, targetColumns, type Column } from "../../data/index.ts";
import { informationCurve, type InformationCurve, type InformationCurveOptions } from "../../experiments/information-curve.ts";
import { DeviceError } from "../../gpu/errors.ts";
import type { FileSet, KnownRows, Model } from "../../model/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { askState, type AskLimits, type AskState, type Predicted } from "./ask-state.ts";
import type { Workspace } from "./workspace.ts";

/** Where a conversation starts and how it is led. */
export interface AskOptions extends AskLimits {
  /** Row of the open table; without one, nothing is known. */
  row?: number;
  /** Features that are taken as not known although the row has them. */
  without: number[];
  draws: number;
  interval: number;
  seed: number;
}

/** A row of the open table as the model sees it. */
export interface RowToAsk {
  /** A text per feature; undefined where the row has no value. */
  features: (string | undefined)[];
  targets: (string | undefined)[];
  warnings: string[];
}

/** The state after a step; or why the value cannot be taken. */
export type Answered = { state: AskState; note?: string } | { problem: string };

type Step = { kind: "answer"; column: number; value: number } | { kind: "unknown" | "forget"; column: number };

interface Conversation {
  files: FileSet;
  options: AskOptions;
  start: KnownRows;
  warnings: string[];
  steps: Step[];
  /** Predictions at the start and after each step. */
  history: Predicted[];
  /** The loop lives on a device, and goes with it. */
  opened?: { gpu: Gpu; loop: AcquisitionLoop };
}

/** Which value to ask for next, answer by answer. */
export class AskingPart {
  private conversation: Conversation | undefined;
  /** Steps come one after another. */
  private last: Promise<unknown> = Promise.resolve();
  private trying: AbortController | undefined;

  constructor(private readonly workspace: Workspace) {}

  /** What a row of the open table says. */
  async row(row: number): Promise<RowToAsk> {
    const { schema } = await this.workspace.model();
    const coded = await this.workspace.coded([row]);
    const texts = (columns: readonly Column[], values: Float32Array, observed: Float32Array): RowToAsk["features"] =>
      columns.map((column, j) => (observed[j] === 1 ? formatValue(column, decodeValue(column, values[j])) : undefined));
    return { features: texts(featureColumns(schema), coded.x, coded.observedX), targets: texts(targetColumns(schema), coded.y, coded.observedY), warnings: coded.warnings };
  }

  /** Starts a conversation; the one before ends. */
  start(options: AskOptions): Promise<AskState> {
    return this.inTurn(async () => {
      this.close();
      const { schema } = await this.workspace.model();
      const d = featureColumns(schema).length;
      const start: KnownRows = { rows: 1, x: new Float32Array(d), observed: new Float32Array(d) };
      let warnings: string[] = [];
      if (options.row !== undefined) {
        const coded = await this.workspace.coded([options.row]);
        start.x.set(coded.x);
        start.observed.set(coded.observedX);
        warnings = coded.warnings;
      }
      for (const column of options.without) start.x[column] = start.observed[column] = 0;
      this.conversation = { files: this.workspace.modelFiles!, options, start, warnings, steps: [], history: [] };
      try {
        return await this.look(this.conversation);
      } catch (cause) {
        this.close();
        throw cause;
      }
    });
  }

  /** Takes a value as it was typed. */
  answer(column: number, text: string): Promise<Answered> {
    return this.inTurn(async () => {
      const conversation = this.given();
      const features = featureColumns((await this.workspace.model()).schema);
      const read = readValue(text.trim(), features[column]);
      if ("problem" in read) return { problem: `${features[column].name}: ${read.problem}.` };
      const state = await this.step(conversation, { kind: "answer", column, value: read.value });
      return { state, ...(read.note ? { note: `${features[column].name}: ${read.note}. Take it back if it is a slip.` } : {}) };
    });
  }

  /** The value cannot be had. */
  unknown(column: number): Promise<AskState> {
    return this.inTurn(async () => this.step(this.given(), { kind: "unknown", column }));
  }

  /** What if a known value were not known? */
  forget(column: number): Promise<AskState> {
    return this.inTurn(async () => this.step(this.given(), { kind: "forget", column }));
  }

  /** Takes the last step back. */
  back(): Promise<AskState> {
    return this.inTurn(async () => {
      const conversation = this.given();
      if (conversation.steps.pop()) conversation.opened?.loop.back();
      return this.look(conversation);
    });
  }

  /** Other costs, limits or another way to choose, from the same draws. */
  adjust(limits: AskLimits): Promise<AskState> {
    return this.inTurn(async () => {
      const conversation = this.given();
      conversation.opened?.loop.adjust(adjustable(limits));
      conversation.options = { ...conversation.options, ...limits };
      return this.look(conversation);
    });
  }

  end(): Promise<void> {
    return this.inTurn(async () => this.close());
  }

  /** How the prediction's error falls over some rows of the open table, by information and at random; undefined if it was stopped. */
  async curve(options: Omit<InformationCurveOptions, "onProgress" | "signal">, onProgress: (done: number, steps: number) => void): Promise<InformationCurve | undefined> {
    this.trying?.abort();
    const trying = new AbortController();
    this.trying = trying;
    const { table } = this.workspace;
    if (!table) throw new Error("there is no table open.");
    try {
      return await this.workspace.ask((model) => informationCurve(model, codeTable(table.raw, model.schema, { source: table.name }), { ...options, onProgress, signal: trying.signal }));
    } catch (cause) {
      if (trying.signal.aborted) return undefined;
      throw cause;
    }
  }

  stopCurve(): void {
    this.trying?.abort();
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }

  private given(): Conversation {
    if (!this.conversation) throw new Error("the questions have ended; start again.");
    if (this.conversation.files !== this.workspace.modelFiles) {
      this.close();
      throw new Error("the model is another one now; start again.");
    }
    return this.conversation;
  }

  private close(): void {
    this.conversation?.opened?.loop.destroy();
    this.conversation = undefined;
  }

  /** Takes a step and looks again; a step after which nothing can be seen is not taken. */
  private async step(conversation: Conversation, step: Step): Promise<AskState> {
    if (conversation.opened) take(conversation.opened.loop, step);
    conversation.steps.push(step);
    try {
      return await this.look(conversation);
    } catch (cause) {
      conversation.steps.pop();
      conversation.opened?.loop.back();
      throw cause;
    }
  }

  /** The state now. A lost device costs the draws, not the answers: the loop is opened again on a new one and told all of them. */
  private async look(conversation: Conversation): Promise<AskState> {
    for (let again = false; ; again = true) {
      const gpu = await this.workspace.gpu();
      try {
        const model = await this.workspace.model();
        if (conversation.opened?.gpu !== gpu) conversation.opened = { gpu, loop: await open(model, conversation) };
        const state = await conversation.opened.loop.state();
        return askState(model.schema, state, conversation);
      } catch (cause) {
        if (again || !(cause instanceof DeviceError && gpu.lost)) throw cause;
      }
    }
  }
}

/** The loop over the row, told every step so far. */
async function open(model: Model, { start, options, steps }: Conversation): Promise<AcquisitionLoop> {
  const { draws, interval, seed } = options;
  // gains are compared with a limit near 0, where the histograms' bias matters
  const loop = await openLoop(model.conditional(), start, { draws, interval, seed, biasCorrection: true, ...adjustable(options) });
  for (const step of steps) take(loop, step);
  return loop;
}

function take(loop: AcquisitionLoop, step: Step): void {
  if (step.kind === "answer") loop.answer(step.column, step.value);
  else if (step.kind === "unknown") loop.unknown(step.column);
  else loop.forget(step.column);
}

function adjustable({ method, costs, budget, minimalGain, width }: AskLimits): AdjustableOptions {
  return { method, costs, budget, minimalGain, width };
}
