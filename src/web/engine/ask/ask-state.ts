import type { AcquisitionState, Candidate, Method, StopReason } from "../../../acquisition/index.ts";
import { decodeValue, featureColumns, formatValue, targetColumns, type Schema } from "../../../data/index.ts";
import { posteriorOf, type CellPosterior } from "../filled/filled-cell.ts";

/** What may be changed between two questions. */
export interface AskLimits {
  method: Method;
  /** Per feature; without, each value costs 1. */
  costs?: number[];
  budget?: number;
  /** Reasons to stop: no value tells so much, nats; the first continuous target's interval is so narrow; the most probable level is so probable. */
  minimalGain?: number;
  width?: number;
  sure?: number;
}

export type AskStop = StopReason | "sure";

/** What was said of a feature. */
export type AskStep = { kind: "answer" | "unknown" | "forget"; column: number; value?: number };

/** The targets as they were predicted after a step, and what was left to ask for; the first time, before any. */
export interface Predicted {
  step?: { kind: AskStep["kind"]; name: string; text?: string };
  targets: CellPosterior[];
  /** What each missing value would have told then, by the method of that time. */
  method: Method;
  gains: { column: number; gain: number }[];
}

export interface KnownValue {
  column: number;
  name: string;
  text: string;
  /** Whether it was answered, not there from the start. */
  answered: boolean;
}

/** All that the page shows of a conversation. */
export interface AskState {
  /** Best first. */
  candidates: Candidate[];
  /** What to ask for; undefined where there is a reason to stop. */
  next?: number;
  stop?: AskStop;
  known: KnownValue[];
  /** Features that were said to be unknown. */
  unknown: number[];
  /** The last is how the targets are predicted now. */
  predictions: Predicted[];
  spent: number;
  /** Width of the first continuous target's interval. */
  width?: number;
  method: Method;
  warnings: string[];
}

interface Told {
  options: AskLimits & { interval: number };
  warnings: string[];
  steps: readonly AskStep[];
  /** Gets what is predicted now. */
  history: Predicted[];
}

/** The loop's state in words and numbers for people. */
export function askState(schema: Schema, state: AcquisitionState, { options, warnings, steps, history }: Told): AskState {
  const [features, targets] = [featureColumns(schema), targetColumns(schema)];
  const textOf = (column: number, coded: number): string => formatValue(features[column], decodeValue(features[column], coded));
  const last = steps.at(-1);
  history.length = steps.length;
  history.push({
    ...(last ? { step: { kind: last.kind, name: features[last.column].name, ...(last.value === undefined ? {} : { text: textOf(last.column, last.value) }) } } : {}),
    targets: targets.map((target, j) => posteriorOf(state.prediction[j], target, state.targetDraws[j], options.interval)),
    method: options.method,
    gains: state.candidates.map(({ column, gain }) => ({ column, gain })),
  });
  const stop = state.stop ?? (isSure(state, options.sure) ? "sure" : undefined);
  return {
    candidates: [...state.candidates],
    ...(stop ? { stop } : { next: state.next[0] }),
    known: features.flatMap(({ name }, column) => (state.observed[column] === 1 ? [{ column, name, text: textOf(column, state.x[column]), answered: state.answered.includes(column) }] : [])),
    unknown: [...state.unknown],
    predictions: [...history],
    spent: state.spent,
    ...(state.width === undefined ? {} : { width: state.width }),
    method: options.method,
    warnings,
  };
}

/** Whether every target is discrete and its most probable level probable enough. */
function isSure({ prediction }: AcquisitionState, sure = 1): boolean {
  return prediction.every(({ probabilities }) => probabilities !== undefined && Math.max(...probabilities) >= sure);
}
