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
  const free = (wanted: (k: number) => string, from: number): string => {
    let k = from;
    while (taken.has(wanted(k)) || seen.has(wanted(k))) k++;
    return wanted(k);
  };
  const columns = header.map((name, i) => {
    let own = name;
    if (name === "") {
      nameless.add(i);
      own = free((k) => (k === i + 1 ? `column ${i + 1}` : `column ${i + 1} (${k - i})`), i + 1);
    } else if (seen.has(name)) {
      own = free((k) => `${name} (${k})`, 2);
      notes.push({ text: `two columns are called "${name}"; the later one, column ${i + 1}, is called "${own}" here` });
    }
    seen.add(own);
    return own;
  });
  return { columns, nameless, notes };
}
