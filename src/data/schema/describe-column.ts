import { extent } from "../../math/statistics.ts";
import { afterTurn } from "../cells/dates.ts";
import { isMissingAmongNumbers } from "../cells/missing-words.ts";
import type { RawTable } from "../raw-table.ts";
import type { Note } from "../reading.ts";
import type { Remedy, TableProblem } from "../table-error.ts";
import { holds, limitsText, toScale } from "../coding/scale.ts";
import { isContinuous, isOrdered, isWhole, mostLevels, type Column, type ColumnType } from "./column.ts";
import { inferType, type InferredType, type LevelRule } from "./infer-type.ts";
import { isYesNo, levelsOf, type Level } from "./levels.ts";
import { moments } from "./narrow.ts";
import { notANumber } from "./not-a-number.ts";
import { numberFacts } from "./number-facts.ts";
import { readColumn, type ColumnCells } from "./read-column.ts";
import { keyReason, suspiciousValues } from "./suspicious.ts";

/** A column of one value is a constant from this many cells on, and texts that hardly repeat are no levels. */
const [enough, hardlyRepeat] = [10, 0.9];

export type Description = Omit<Column, "name" | "role">;

/** What a column holds, and why it is taken for that. */
export interface ColumnDecision {
  column: Description;
  problems: TableProblem[];
  why: string;
  /** What looks odd, with the option that changes it. */
  notes: Note[];
  /** Why the column had better be carried along than modelled, where the user has not said what it is. */
  leaveOut?: string;
  /** What every cell that has a value holds, where that is one value. */
  onlyValue?: string;
}

export interface DescribeOptions {
  /** The bounds of a bounded column. */
  bounds?: [number, number];
  /** Default: ordered. */
  levelRule?: LevelRule;
}

/** What a column holds, from its observed cells in the given rows; `wanted` overrides the type. */
export function describeColumn(table: RawTable, index: number, rows: ArrayLike<number>, wanted: ColumnType | undefined, { bounds, levelRule = "ordered" }: DescribeOptions = {}): ColumnDecision {
  const name = table.columns[index];
  const reading = table.readingOf(index);
  const asLevels = wanted !== undefined && !isContinuous(wanted);
  // words such as "unknown" are levels where the user says that the column has levels, and missing where they are to be numbers
  const as: Column | undefined = wanted && { name, role: "feature", type: wanted };
  const format = asLevels && reading.kind === "date" ? undefined : reading.format;
  const cells = readColumn(table, index, rows, format, as);
  const { missing, keep } = table.declared(index);
  const words = asLevels ? [] : [...reading.words.keys()];
  const read: Partial<Description> = { ...(missing.length + words.length > 0 && { missing: [...missing, ...words] }), ...(keep.length > 0 && { keep: [...keep] }), ...(format && { format }) };
  const notes = asLevels ? [] : [...readingNotes(reading.words), ...(reading.otherDate ? [{ text: `the dates fit ${reading.format?.date} and ${reading.otherDate} alike`, change: { option: "date" as const, value: `${name}=${reading.otherDate}` } }] : [])];
  const decide = (column: Description, why: string, more: Partial<ColumnDecision> = {}): ColumnDecision => ({ problems: [], why, onlyValue: onlyValueOf(cells), ...more, notes: [...notes, ...(more.notes ?? [])], column: { ...column, ...read } });
  const failed = (problems: TableProblem[], why: string, leaveOut?: string): ColumnDecision => decide({ type: wanted ?? "real" }, why, { problems, leaveOut });

  if (cells.seen === 0) {
    const where = rows.length === table.rows ? "every cell is missing" : `every cell is missing in the ${rows.length} training rows`;
    return failed([{ column: name, message: `${where}; leave the column out (type "ignore").`, remedies: ["types"] }], where, table.isNameless(index) ? "it has no name and no value" : "it has no value");
  }
  const numeric = wanted === undefined ? reading.kind !== "text" : isContinuous(wanted);
  if (numeric && cells.texts.length > 0) {
    const counts = { numbers: cells.numbers.length, cells: cells.seen };
    const few = cells.numbers.length < 20 ? counts : undefined;
    return failed(cells.texts.map((row) => ({ row: table.line(row), column: name, ...notANumber(table.cell(row, index), format, wanted === undefined, few) })), `${counts.numbers} of ${counts.cells} cells are numbers`);
  }
  const isCode = cells.zeros && format?.date === undefined && cells.labels.size === cells.values.size && (wanted === undefined || asLevels);
  if (isCode) read.format = { code: true };
  const inferred: InferredType = wanted === undefined ? inferType(name, cells, { isCode, format, levelRule }) : { type: wanted, why: "you said so" };
  const { type } = inferred;
  const leaveOut = wanted === undefined ? reasonToLeaveOut(table, index, cells, type, isCode) : undefined;
  const { turn } = inferred;
  const numbers = turn === undefined ? cells.numbers : cells.numbers.map((minutes) => afterTurn(minutes, turn));
  if (turn !== undefined) read.format = { ...format, turn };
  const odd = suspiciousValues(numbers).map(
    ({ value, count, low, high }): Note => ({ text: `${count} cells are ${value}, far outside the rest (${low} to ${high}); if that means "missing", say so`, change: { option: "missing", value: `${name}=${value}` } }),
  );
  if (reading.format?.date === undefined && numbers.length > 0) notes.push(...odd);
  if (!isContinuous(type)) return describeDiscrete(type, cells, name, isCode, (column, more) => decide(column, inferred.why, { leaveOut, ...more }), wanted);
  const scaled = { type, ...(type === "bounded" && { bounds: bounds ?? inferred.bounds ?? extent(numbers) }) };
  if (scaled.bounds && !(scaled.bounds[0] < scaled.bounds[1])) return failed([{ column: name, message: `a bounded column lies between two different numbers, got ${scaled.bounds.join(" and ")}; state its bounds.`, remedies: ["bounds"] }], inferred.why);
  const beyond = numbers.filter((value) => !holds(scaled, value));
  if (beyond.length > 0) {
    const message = type === "bounded" ? `${beyond.length} cells lie beyond the bounds, the first is ${beyond[0]}; expected numbers ${limitsText(scaled)}: widen the bounds or correct the cells.` : `a ${type} column holds ${beyond[0]}; set its type to "real".`;
    return failed([{ column: name, message, remedies: [type === "bounded" ? "bounds" : "types"] }], inferred.why);
  }
  const fraction = numbers.find((value) => !Number.isInteger(value));
  if (isWhole(type) && fraction !== undefined) return failed([{ column: name, message: `a ${type} column holds ${fraction}, which is no whole number; set its type to "positive".`, remedies: ["types"] }], inferred.why);
  const few = numbers.length < 5 && wanted === undefined ? [{ text: `only ${numbers.length} cell${numbers.length === 1 ? " has" : "s have"} a value` }] : [];
  return decide({ ...scaled, ...moments(numbers.map((value) => toScale(scaled, value))), ...(isWhole(type) ? { range: extent(numbers) } : numberFacts(numbers)), ...decimalsOf(cells) }, inferred.why, { leaveOut, notes: few });
}

/** The one value that all cells have, spelled in one way or, of a number, in several; undefined where they have several. */
function onlyValueOf({ labels, texts, values }: ColumnCells): string | undefined {
  const isOne = labels.size === 1 || (texts.length === 0 && values.size === 1);
  return isOne ? labels.keys().next().value : undefined;
}

/** How many decimals cells have, and whether zeros at their end are left out. */
function decimalsOf({ decimals, fewestDecimals, padded }: ColumnCells): Pick<Column, "decimals" | "dropsZeros"> {
  if (decimals === undefined) return {};
  return { decimals, ...(fewestDecimals < decimals && !padded && { dropsZeros: true }) };
}

/** What was taken for missing because the rest of the column is numbers or dates. */
function readingNotes(words: ReadonlyMap<string, number>): Note[] {
  return [...words.keys()].map((word) => ({ text: `${JSON.stringify(word)} is taken for missing, because the rest are numbers or dates`, change: { option: "keep", value: word } }));
}

function reasonToLeaveOut(table: RawTable, index: number, cells: ColumnCells, type: ColumnType, isCode: boolean): string | undefined {
  const { seen, labels, numbers } = cells;
  const name = table.columns[index];
  const once = [...labels.values()].filter((count) => count === 1).length;
  if (name === "__index_level_0__" || (table.isNameless(index) && index === 0 && once === labels.size && labels.size === Math.min(seen, mostLevels + 1))) return "row labels";
  if (labels.size === 1 && (seen >= enough || table.rows >= enough)) return "every cell has the same value";
  const key = numbers.length === seen && !isCode && table.readingOf(index).kind === "number" ? keyReason(name, numbers, table.rows, index) : undefined;
  if (isContinuous(type) || key !== undefined) return key;
  if (numbers.length === seen && !isCode && type !== "categorical") return undefined;
  const what = isCode || numbers.length === seen ? "codes" : "texts";
  if (labels.size > mostLevels) return `more than ${mostLevels} different ${what}`;
  return seen >= 2 * enough && once >= hardlyRepeat * seen ? `${what} that hardly repeat` : undefined;
}

type Decide = (column: Description, more?: Partial<ColumnDecision>) => ColumnDecision;

function describeDiscrete(type: ColumnType, cells: ColumnCells, name: string, isCode: boolean, decide: Decide, wanted: ColumnType | undefined): ColumnDecision {
  const numeric = cells.texts.length === 0 && !isCode;
  // "1" and "1.0" are one level where all labels are numbers
  const levels: Level[] = numeric
    ? [...cells.values].sort(([a], [b]) => a - b).map(([, { label, count }]) => ({ label, count, spellings: [label] }))
    : levelsOf(cells.labels, wanted === "categorical").sort((a, b) => (a.label < b.label ? -1 : 1));
  const column: Description = { type, categories: levels.map(({ label }) => label) };
  const problem = (message: string, remedy: Remedy = "types"): ColumnDecision => decide(column, { problems: [{ column: name, message, remedies: [remedy] }] });
  if (levels.length > mostLevels) return problem(`more than ${mostLevels} different ${numeric ? "values" : "texts"}, too many for a categorical column; leave it out (type "ignore").`);
  if (type === "binary" && levels.length !== 2) return problem(`a binary column has 2 levels, this one has ${levels.length} in the training rows; set its type to "categorical".`);
  if (isOrdered(type)) {
    if (levels.length < 2) return problem(`an ordinal column has at least 2 levels, this one has ${levels.length} in the training rows; leave it out (type "ignore").`);
    if (!numeric) return problem(`levels of an ordinal column that are texts (${shownLevels(levels)}) have no order of their own; give a schema in which the column has the type "ordinal" and its categories stand in order, lowest first.`, "schema");
  }
  if (type === "binary") column.positiveWeight = levels[0].count / levels[1].count;
  return decide(column, { notes: numeric ? [] : levelNotes(levels, name) });
}

/** Levels of several spellings, and levels that may mean "missing". */
function levelNotes(levels: readonly Level[], name: string): Note[] {
  const several = isYesNo(levels) ? [] : levels.filter(({ spellings }) => new Set(spellings.map((spelling) => spelling.trim())).size > 1);
  const shown = several.slice(0, 3).map(({ spellings }) => [...new Set(spellings.map((spelling) => JSON.stringify(spelling.trim())))].join(" and "));
  // ND among two-letter codes is North Dakota
  const areCodes = levels[0].label.length <= 3 && levels.every(({ label }) => label.length === levels[0].label.length);
  const missing = areCodes ? [] : levels.filter(({ label }) => isMissingAmongNumbers(label));
  return [
    ...(several.length > 0 ? [{ text: `${shown.join(", ")}${several.length > 3 ? " and others" : ""} are one level each; spellings can be kept apart`, change: { option: "type", value: `${name}=categorical` } } as const] : []),
    ...missing.map(({ label, count }): Note => ({ text: `${JSON.stringify(label)} is a level (${count} cells); if it means "missing", say so`, change: { option: "missing", value: `${name}=${label}` } })),
  ];
}

function shownLevels(levels: readonly Level[]): string {
  return `${levels.slice(0, 3).map(({ label }) => JSON.stringify(label)).join(", ")}${levels.length > 3 ? ", ..." : ""}`;
}
