import type { Note } from "../../../data/index.ts";
import { decideOtherwise } from "../../state/reading.ts";

/** Notes, each with a button that decides otherwise where there is one. */
export function Notes({ notes }: { notes: readonly Note[] }) {
  if (notes.length === 0) return null;
  return (
    <ul class="notes">
      {notes.map((note) => (
        <li>
          <NoteLine note={note} />
        </li>
      ))}
    </ul>
  );
}

/** A note, and a button that decides otherwise. */
export function NoteLine({ note: { text, change } }: { note: Note }) {
  const title = change && changeTitle(change);
  return (
    <span class="note">
      {text.charAt(0).toUpperCase() + text.slice(1)}.{" "}
      {change && title && (
        <button type="button" class="small" onClick={() => decideOtherwise(change)}>
          {title}
        </button>
      )}
    </span>
  );
}

function changeTitle({ option, value }: NonNullable<Note["change"]>): string | undefined {
  const setting = value.slice(value.lastIndexOf("=") + 1);
  switch (option) {
    case "missing":
      return `${JSON.stringify(setting)} means missing`;
    case "keep":
      return `${JSON.stringify(value)} is a value`;
    case "type":
      return `Set to ${setting}`;
    case "date":
      return `Read as ${setting}`;
    case "encoding":
      return `Read as ${value}`;
    case "sheet":
      return `Read the sheet “${value}”`;
    case "keep-missing":
      return "Leave these holes as they are";
    case "header":
      return value !== "no" ? "The first line has the names" : "The first line is a row";
  }
}
