import { codeTable, decodeValue, expectedText, featureColumns, formatValue, isContinuous, readValue, targetColumns, type Column } from "../../../data/index.ts";
import { informationCurve, type InformationCurve, type InformationCurveOptions } from "../../../experiments/information-curve.ts";
import type { KnownRows } from "../../../model/index.ts";
import type { AskLimits, AskState } from "./ask-state.ts";
import { Conversation, type ConversationOptions } from "./conversation.ts";
import type { Workspace } from "../workspace.ts";

/** Deviations from the training rows' mean from which a value is refused: nothing that was learned reaches so far, and an answer would look sure. */
const far = 12;

/** Where a conversation starts and how it is led. */
export interface AskOptions extends ConversationOptions {
  /** Row of the open table; without one, nothing is known. */
  row?: number;
  /** Features that are taken as not known although the row has them. */
  without: number[];
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

/** Which value to ask for next, answer by answer. */
export class AskingPart {
  private conversation: Conversation | undefined;
  /** Steps come one after another. */
  private last: Promise<unknown> = Promise.resolve();
  private trying: AbortController | undefined;

  constructor(private readonly workspace: Workspace) {
    // what it has drawn goes with the model; who asks on is told
    workspace.beforeModelGoes(() => this.inTurn(async () => this.conversation?.close()));
  }

  /** What a row of the open table says. */
  async row(row: number): Promise<RowToAsk> {
    const { schema } = await this.workspace.model();
    const coded = await this.workspace.coded([row]);
    const texts = (columns: readonly Column[], values: Float32Array, observed: Float32Array): RowToAsk["features"] =>
      columns.map((column, j) => (observed[j] === 1 ? formatValue(column, decodeValue(column, values[j])) : undefined));
    return { features: texts(featureColumns(schema), coded.x, coded.observedX), targets: texts(targetColumns(schema), coded.y, coded.observedY), warnings: coded.warnings };
  }

  /** Starts a conversation; the one before ends. */
  start({ row, without, ...options }: AskOptions): Promise<AskState> {
    return this.inTurn(async () => {
      this.close();
      const d = featureColumns((await this.workspace.model()).schema).length;
      const known: KnownRows = { rows: 1, x: new Float32Array(d), observed: new Float32Array(d) };
      let warnings: string[] = [];
      if (row !== undefined) {
        const coded = await this.workspace.coded([row]);
        known.x.set(coded.x);
        known.observed.set(coded.observedX);
        warnings = coded.warnings;
      }
      for (const column of without) known.x[column] = known.observed[column] = 0;
      this.conversation = new Conversation(this.workspace, options, known, warnings);
      try {
        return await this.conversation.look();
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
      const feature = featureColumns((await this.workspace.model()).schema)[column];
      const read = readValue(text.trim(), feature);
      if ("problem" in read) return { problem: `${feature.name}: ${read.problem}.` };
      if (isContinuous(feature.type) && Math.abs(read.value) > far) return { problem: `${feature.name}: ${text.trim()} is so far from all values of the training that the model cannot say what follows from it (expected ${expectedText(feature)}). Correct it, or say that you don’t know.` };
      const state = await conversation.step({ kind: "answer", column, value: read.value });
      return { state, ...(read.note ? { note: `${feature.name}: ${read.note}. Take it back if it is a slip.` } : {}) };
    });
  }

  /** The value cannot be had. */
  unknown(column: number): Promise<AskState> {
    return this.inTurn(async () => this.given().step({ kind: "unknown", column }));
  }

  /** What if a known value were not known? */
  forget(column: number): Promise<AskState> {
    return this.inTurn(async () => this.given().step({ kind: "forget", column }));
  }

  /** Takes the last step back. */
  back(): Promise<AskState> {
    return this.inTurn(async () => this.given().back());
  }

  /** Other costs, limits or another way to choose, from the same draws. */
  adjust(limits: AskLimits): Promise<AskState> {
    return this.inTurn(async () => this.given().adjust(limits));
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
    this.conversation?.close();
    this.conversation = undefined;
  }
}
