import { expectedText, readLevel, readValue, type Column } from "../../data/index.ts";

export const commands = ["unknown", "back", "list", "help", "quit"] as const;
export type Command = (typeof commands)[number];

/** What a line means: a coded value of a column, a command, or nothing that can be used. */
export type Answer = { kind: "value"; column: number; value: number; note?: string } | { kind: "command"; command: Command } | { kind: "problem"; message: string };

/**
 * Reads the answer to a question about `asked`. NAME=VALUE answers about another feature. A level that is spelled like a
 * command is the level; with a colon in front (":back") it is the command.
 */
export function readAnswer(line: string, asked: number, features: readonly Column[], open: (column: number) => boolean): Answer {
  const level = readLevel(line, features[asked]);
  if (level === undefined) {
    const command = commandOf(line);
    if (command) return { kind: "command", command };
    const at = line.indexOf("=");
    const other = at < 0 ? -1 : features.findIndex(({ name }) => name.toLowerCase() === line.slice(0, at).trim().toLowerCase());
    if (other >= 0) {
      if (!open(other)) return { kind: "problem", message: `"${features[other].name}" is known already, or was said to be unknown; take it back first.` };
      return answerAbout(line.slice(at + 1).trim(), other, features[other]);
    }
  }
  return answerAbout(line, asked, features[asked]);
}

function commandOf(line: string): Command | undefined {
  const word = line.replace(/^:/, "").toLowerCase();
  if (["?", "na", "skip", "don't know"].includes(word)) return "unknown";
  if (["exit", "q"].includes(word)) return "quit";
  return commands.find((command) => command === word);
}

function answerAbout(text: string, at: number, column: Column): Answer {
  if (text === "") return { kind: "problem", message: `"${column.name}": expected ${expectedText(column)}, or one of ${commands.join(", ")}.` };
  const read = readValue(text, column);
  if ("problem" in read) return { kind: "problem", message: `"${column.name}": ${read.problem}.` };
  return { kind: "value", column: at, value: read.value, ...(read.note ? { note: `"${column.name}": ${read.note}; type back if it is a slip.` } : {}) };
}
