import { Option } from "commander";
import { isContinuous, isOrdered, type Column, type Schema } from "../../data/index.ts";
import { shiftProblem, unitOf, type Shift, type ShiftedColumn } from "../../model/index.ts";
import { UsageError } from "../usage-error.ts";
import { collect } from "./parsers.ts";

const number = String.raw`(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?`;
const offset = new RegExp(`^([+-]?${number})$`);
const factor = new RegExp(`^\\*([+-]?${number})$`);
const signed = new RegExp(`^([+-]${number})$`);
const range = new RegExp(`^(.*?)([+-]?${number})\\.\\.([+-]?${number})(?::(\\d+))?$`);
/** What stands for all levels above each level, where no level is called so. */
const higher = "higher";
/** Shifts of a range that does not say how many. */
const usualSteps = 11;
const mostSteps = 1000;

/** A shift whose amount goes from one number to another, in so many steps. */
export interface ShiftRange {
  readonly column: Column;
  readonly from: number;
  readonly to: number;
  readonly steps: number;
  /** The shift by one of them. */
  of(amount: number): Shift;
  /** How it is written: "-500", "*0.9", "yes+0.5". */
  written(amount: string): string;
  /** The amount that moves nothing. */
  readonly none: 0 | 1;
}

export function shiftFlag(): Option {
  return new Option("--shift <column=by>", "moves what is filled in (never what was observed), where it is not missing at random: COLUMN=-500 by so much, COLUMN=*0.9 by a factor, dates by days, COLUMN=LEVEL+0.5 by the log-odds of a level, COLUMN=higher+0.5 by those of all higher levels of an ordered column; may be repeated").argParser(collect);
}

/** Shifts as they are written on the command line; none for a model without a schema, which cannot be read anyway. Throws UsageError with all that is wrong. */
export function parseShifts(texts: readonly string[] | undefined, schema: Schema | undefined, targets: boolean): Shift[] {
  const problems: string[] = [];
  const shifts = (schema === undefined ? [] : (texts ?? [])).flatMap((text) => {
    try {
      const { column, rest } = split(text, schema!);
      return [readShift(text, rest, column, schema!, targets)];
    } catch (cause) {
      if (!(cause instanceof UsageError)) throw cause;
      problems.push(cause.message);
      return [];
    }
  });
  if (problems.length > 0) throw new UsageError(problems.join("\n"));
  return shifts;
}

/** A shift with a range of amounts: COLUMN=FROM..TO[:STEPS]. undefined: it has none. Throws UsageError. */
export function parseShiftRange(text: string, schema: Schema): ShiftRange | undefined {
  const { column, rest } = split(text, schema);
  const found = range.exec(rest);
  if (found === null) return undefined;
  const [, prefix, first, last, count] = found;
  const [from, to, steps] = [Number(first), Number(last), count === undefined ? usualSteps : Number(count)];
  if (from === to) throw new UsageError(`--shift ${text}: expected two different ends, got ${from} twice.`);
  if (steps < 2 || steps > mostSteps) throw new UsageError(`--shift ${text}: expected from 2 to ${mostSteps} shifts, got ${steps}.`);
  const plain = prefix === "" || prefix === "*";
  const written = (amount: string): string => `${prefix}${plain || amount.startsWith("-") ? "" : "+"}${amount}`;
  const of = (amount: number): Shift => readShift(text, written(String(amount)), column, schema, true);
  for (const end of [from, to]) of(end);
  return { column, from, to, steps, of, written, none: prefix === "*" ? 1 : 0 };
}

/** The column, by the longest of the model's names that the text begins with, and what follows its "=". */
function split(text: string, schema: Schema): { column: Column; rest: string } {
  const names = schema.columns.filter(({ name }) => text.startsWith(`${name}=`)).sort((a, b) => b.name.length - a.name.length);
  if (names.length > 0) return { column: names[0], rest: text.slice(names[0].name.length + 1) };
  const at = text.lastIndexOf("=");
  if (at < 1) throw new UsageError(`--shift ${text}: expected COLUMN=SHIFT, such as income=-500, income=*0.9 or smoker=yes+0.5.`);
  throw new UsageError(`--shift ${text}: ${shiftProblem(schema, { column: text.slice(0, at), add: 0 }, true)}`);
}

/** undefined: the text is no shift of such a column. */
function shiftOf({ name: column, type, categories = [] }: Column, rest: string): Shift | undefined {
  if (isContinuous(type)) {
    const [add, multiply] = [offset.exec(rest), factor.exec(rest)];
    return add ? { column, add: Number(add[1]) } : multiply ? { column, multiply: Number(multiply[1]) } : undefined;
  }
  const after = (prefix: string): number | undefined => (rest.startsWith(prefix) && signed.test(rest.slice(prefix.length)) ? Number(rest.slice(prefix.length)) : undefined);
  const level = [...categories].sort((a, b) => b.length - a.length).find((label) => after(label) !== undefined);
  if (level !== undefined) return { column, level, logOdds: after(level)! };
  const all = after(higher);
  if (isOrdered(type) && all !== undefined) return { column, higher: all };
  const unknown = new RegExp(`^(.+)([+-]${number})$`).exec(rest);
  return unknown ? { column, level: unknown[1], logOdds: Number(unknown[2]) } : undefined;
}

/** Throws UsageError for what no column can be moved by. */
function readShift(text: string, rest: string, column: Column, schema: Schema, targets: boolean): Shift {
  const shift = column.role === "ignore" ? { column: column.name, add: 0 } : shiftOf(column, rest);
  if (shift === undefined) throw new UsageError(`--shift ${text}: ${expected(column)}`);
  if (column.role === "target" && !targets) throw new UsageError(`--shift ${text}: "${column.name}" is a target, whose holes are filled with --targets alone.`);
  const problem = shiftProblem(schema, shift, targets);
  if (problem !== undefined) throw new UsageError(`--shift ${text}: ${problem}`);
  return shift;
}

/** How a column is moved, with an example. */
function expected({ name, type, categories = [], format }: Column): string {
  if (isContinuous(type)) return format?.date === undefined ? `expected an offset such as ${name}=-5, or a factor such as ${name}=*0.9.` : `expected an offset in ${unitOf(format)}, such as ${name}=+30.`;
  const shown = categories.length > 12 ? `${categories.slice(0, 12).join(", ")}, ...` : categories.join(", ");
  const ordered = isOrdered(type) ? `, or all higher ones: ${name}=${higher}+0.5` : "";
  const counted = isOrdered(type) && categories.every((label) => /^\d+$/.test(label)) ? ` Trained with --type ${name}=count it would move by numbers.` : "";
  return `"${name}" has levels (${shown}); expected one of them and by how much its log-odds move, such as ${name}=${categories.at(-1)}+0.5${ordered}.${counted}`;
}

/** "income: 12 filled values moved by -500; 3 of them cut at a bound, and 40 of 240 in the completed tables" */
export function shiftedText({ column, cells, cut, cutCompletions }: ShiftedColumn, texts: readonly string[], completions: number): string {
  const by = texts.filter((text) => text.startsWith(`${column}=`)).map((text) => text.slice(column.length + 1)).join(", then ");
  const ofCompletions = completions === 0 ? "" : `${cut > 0 ? ", and" : ";"} ${cutCompletions} of ${cells * completions} in the completed tables${cut > 0 ? "" : " cut at a bound"}`;
  const cuts = cut === 0 && cutCompletions === 0 ? "" : `${cut > 0 ? `; ${cut} of them cut at a bound` : ""}${cutCompletions > 0 ? ofCompletions : ""}`;
  return `${column}: ${cells} filled value${cells === 1 ? "" : "s"} moved by ${by}${cuts}`;
}
