import type { Decisions, Note } from "../../data/index.ts";

/** A note as the command line says it: with the flag that decides otherwise. */
export function noteText({ text, change }: Note): string {
  if (!change) return `${text}.`;
  const value = /^[\w./=-]+$/.test(change.value) ? change.value : JSON.stringify(change.value);
  return `${text}: --${change.option}${change.value === "" ? "" : ` ${value}`}`;
}

/** Shows what looks odd in a table before it is trained on. */
export function showNotes({ notes, columns }: Pick<Decisions, "notes" | "columns">): void {
  for (const note of notes) process.stderr.write(`note: ${noteText(note)}\n`);
  for (const { column, notes: own } of columns) for (const note of own) process.stderr.write(`note: column "${column.name}": ${noteText(note)}\n`);
}
