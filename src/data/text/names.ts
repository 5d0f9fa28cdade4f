import type { Note } from "../reading.ts";

/** The names of a table's columns as they are used: none empty, none twice. */
export interface Names {
  columns: string[];
  /** Columns that have no name in the file. */
  nameless: ReadonlySet<number>;
  notes: Note[];
}

/** Names from the fields of a header. */
export function namesOf(header: readonly string[]): Names {
  const taken = new Set(header);
  const seen = new Set<string>();
  const nameless = new Set<number>();
  const notes: Note[] = [];
  // where the last search for a name ended: a thousand columns may have one name
  const tried = new Map<string, number>();
  const free = (name: string, wanted: (k: number) => string, from: number): string => {
    let k = Math.max(from, tried.get(name) ?? 0);
    while (taken.has(wanted(k)) || seen.has(wanted(k))) k++;
    tried.set(name, k);
    return wanted(k);
  };
  const columns = header.map((name, i) => {
    let own = name;
    if (name === "") {
      nameless.add(i);
      own = free(`column ${i}`, (k) => (k === i + 1 ? `column ${i + 1}` : `column ${i + 1} (${k - i})`), i + 1);
    } else if (seen.has(name)) {
      own = free(name, (k) => `${name} (${k})`, 2);
      notes.push({ text: `two columns are called "${name}"; the later one, column ${i + 1}, is called "${own}" here` });
    }
    seen.add(own);
    return own;
  });
  return { columns, nameless, notes };
}

/** What to say of titles and comments that stand before the header of a text, or in rows above that of a sheet. */
export function skippedNotes(lines: readonly string[], unit: "line" | "row", where: "before" | "above"): Note[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, 2).map((line) => JSON.stringify(line.length > 40 ? `${line.slice(0, 40)}...` : line)).join(", ");
  return [{ text: `${lines.length} ${unit}${lines.length === 1 ? "" : "s"} ${where} the header ${lines.length === 1 ? "is" : "are"} left alone: ${shown}${lines.length > 2 ? ", ..." : ""}` }];
}
