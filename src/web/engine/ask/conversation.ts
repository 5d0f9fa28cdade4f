import { openLoop, type AcquisitionLoop, type AdjustableOptions } from "../../../acquisition/index.ts";
import { DeviceError } from "../../../gpu/errors.ts";
import type { Gpu } from "../../../gpu/device.ts";
import type { FileSet, KnownRows, Model } from "../../../model/index.ts";
import { askState, type AskLimits, type AskState, type Predicted } from "./ask-state.ts";
import type { Workspace } from "../workspace.ts";

/** How a conversation is led. */
export interface ConversationOptions extends AskLimits {
  draws: number;
  interval: number;
  seed: number;
}

export type Step = { kind: "answer"; column: number; value: number } | { kind: "unknown" | "forget"; column: number };

/** Questions about one row to one model, with all that was said, so that it outlives the device. */
export class Conversation {
  /** What it is about. */
  readonly files: FileSet;
  private readonly steps: Step[] = [];
  /** Predictions at the start and after each step. */
  private readonly history: Predicted[] = [];
  /** States by how many steps had been taken, as they were shown: what a step back gives. */
  private readonly shown: AskState[] = [];
  /** The loop lives on a device, and goes with it. */
  private opened: { gpu: Gpu; loop: AcquisitionLoop } | undefined;

  constructor(
    private readonly workspace: Workspace,
    private options: ConversationOptions,
    private readonly start: KnownRows,
    private readonly warnings: string[],
  ) {
    this.files = workspace.modelFiles!;
  }

  /** Takes a step and looks again; a step after which nothing can be seen is not taken. */
  async step(step: Step): Promise<AskState> {
    if (this.opened) take(this.opened.loop, step);
    this.steps.push(step);
    try {
      return await this.look();
    } catch (cause) {
      this.steps.pop();
      this.opened?.loop.back();
      throw cause;
    }
  }

  /** The state before the last step, as it was; it is looked at anew where limits have changed since. */
  async back(): Promise<AskState> {
    if (!this.steps.pop()) return this.look();
    this.opened?.loop.back();
    this.history.length = Math.min(this.history.length, this.steps.length + 1);
    return this.shown[this.steps.length] ?? this.look();
  }

  adjust(limits: AskLimits): Promise<AskState> {
    this.opened?.loop.adjust(adjustable(limits));
    this.options = { ...this.options, ...limits };
    this.shown.length = 0;
    return this.look();
  }

  /** The state now. A lost device costs the draws, not the answers: the loop is opened again on a new one and told all of them. */
  async look(): Promise<AskState> {
    for (let again = false; ; again = true) {
      const gpu = await this.workspace.gpu();
      try {
        const model = await this.workspace.model();
        if (this.opened?.gpu !== gpu) this.opened = { gpu, loop: await this.open(model) };
        const { options, warnings, steps, history } = this;
        const state = askState(model.schema, await this.opened.loop.state(), { options, warnings, steps, history });
        this.shown.length = steps.length;
        this.shown.push(state);
        return state;
      } catch (cause) {
        if (again || !(cause instanceof DeviceError && gpu.lost)) throw cause;
      }
    }
  }

  close(): void {
    this.opened?.loop.destroy();
    this.opened = undefined;
  }

  private async open(model: Model): Promise<AcquisitionLoop> {
    const { draws, interval, seed } = this.options;
    // gains are compared with a limit near 0, where the histograms' bias matters
    const loop = await openLoop(model.conditional(), this.start, { draws, interval, seed, biasCorrection: true, ...adjustable(this.options) });
    for (const step of this.steps) take(loop, step);
    return loop;
  }
}

function take(loop: AcquisitionLoop, step: Step): void {
  if (step.kind === "answer") loop.answerCoded(step.column, step.value);
  else if (step.kind === "unknown") loop.unknown(step.column);
  else loop.forget(step.column);
}

function adjustable({ method, costs, budget, minimalGain, width }: AskLimits): AdjustableOptions {
  return { method, costs, budget, minimalGain, width };
}
