import { readNumber } from "../data/number.ts";
import { decodeValue, formatValue, isContinuous, type Column } from "../data/index.ts";

export const commands = ["unknown", "back", "list", "help", "quit"] as const;
export type Command = (typeof commands)[number];

/** What a line means: a coded value of a column, a command, or nothing that can be used. */
export type Answer = { kind: "value"; column: number; value: number; note?: string } | { kind: "command"; command: Command } | { kind: "problem"; message: string };

/** A number farther than this many deviations from the training rows' mean is accepted with a note. */
const unusual = 5;

/**
 * Reads the answer to a question about `asked`. NAME=VALUE answers about another feature. A level that is spelled like a
 * command is the level; with a colon in front (":back") it is the command.
 */
export function readAnswer(line: string, asked: number, features: readonly Column[], open: (column: number) => boolean): Answer {
  const level = levelOf(line, features[asked]);
  if (level === undefined) {
    const command = commandOf(line);
    if (command) return { kind: "command", command };
    const at = line.indexOf("=");
    const other = at < 0 ? -1 : features.findIndex(({ name }) => name.toLowerCase() === line.slice(0, at).trim().toLowerCase());
    if (other >= 0) {
      if (!open(other)) return { kind: "problem", message: `"${features[other].name}" is known already, or was said to be unknown; take it back first.` };
      return readValue(line.slice(at + 1).trim(), other, features[other]);
    }
  }
  return readValue(line, asked, features[asked]);
}

function commandOf(line: string): Command | undefined {
  const word = line.replace(/^:/, "").toLowerCase();
  if (["?", "na", "skip", "don't know"].includes(word)) return "unknown";
  if (["exit", "q"].includes(word)) return "quit";
  return commands.find((command) => command === word);
}

function readValue(text: string, at: number, column: Column): Answer {
  const problem = (message: string): Answer => ({ kind: "problem", message: `"${column.name}": ${message}` });
  if (text === "") return problem(`expected ${expected(column)}, or one of ${commands.join(", ")}.`);
  if (!isContinuous(column.type)) {
    const level = levelOf(text, column);
    return level === undefined ? problem(`expected ${expected(column)}, got ${JSON.stringify(text)}.`) : { kind: "value", column: at, value: level };
  }
  const value = readNumber(text);
  if (value === undefined) return problem(`expected ${expected(column)}, got ${JSON.stringify(text)}${/^-?\d+,\d+$/.test(text) ? "; write it with a decimal point" : ""}.`);
  if (column.type === "positive" && value < 0) return problem(`expected ${expected(column)}, got ${text}; the training rows have no negative value.`);
  const coded = ((column.type === "positive" ? Math.log1p(value) : value) - column.mean!) / column.std!;
  if (!Number.isFinite(Math.fround(coded))) return problem(`${text} is too far from what the model was trained on (usually ${usual(column)}).`);
  const note = Math.abs(coded) > unusual ? `"${column.name}": ${text} is far from the training rows (usually ${usual(column)}); type back if it is a slip.` : undefined;
  return { kind: "value", column: at, value: coded, ...(note ? { note } : {}) };
}

/** The level's index: its label, the same number spelled otherwise, or the label in other letter case if that is unique. */
function levelOf(text: string, { type, categories = [] }: Column): number | undefined {
  if (isContinuous(type)) return undefined;
  const exact = categories.indexOf(text);
  if (exact >= 0) return exact;
  const value = readNumber(text);
  const close = categories.flatMap((label, i) => (label.toLowerCase() === text.toLowerCase() || (value !== undefined && readNumber(label) === value) ? [i] : []));
  return close.length === 1 ? close[0] : undefined;
}

/** "a number from 0 on, usually 2.5 to 40" or "yes or no" */
export function expected(column: Column): string {
  if (isContinuous(column.type)) return `a number${column.type === "positive" ? " from 0 on" : ""}, usually ${usual(column)}`;
  const { categories = [] } = column;
  if (categories.length > 12) return `one of ${categories.slice(0, 12).join(", ")}, ... (${categories.length} levels)`;
  return categories.length < 2 ? categories.join("") : `${categories.slice(0, -1).join(", ")} or ${categories.at(-1)}`;
}

/** Where the training rows mostly lie: two deviations around the mean, on the coded scale. */
function usual(column: Column): string {
  return [-2, 2].map((coded) => formatValue(column, decodeValue(column, coded))).join(" to ");
}
