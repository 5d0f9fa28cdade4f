import { useState } from "preact/hooks";
import type { Described } from "../../engine/data/data-part.ts";
import { table } from "../../state/session.ts";
import { SchemaFiles } from "./schema-files.tsx";
import { ColumnLine } from "./column-line.tsx";

/** What each column is taken for and why, what looks odd, and which to predict; all of it can be changed. */
export function Columns({ described: { columns } }: { described: Described }) {
  const [onlyNotes, setOnlyNotes] = useState(false);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const noted = columns.filter(({ notes, problems }) => notes.length + problems.length > 0);
  const count = noted.reduce((total, { notes, problems }) => total + notes.length + problems.length, 0);
  const shown = onlyNotes && noted.length > 0 ? noted : columns;
  const toggle = (name: string): void => setOpen(new Set(open.has(name) ? [...open].filter((other) => other !== name) : [...open, name]));
  return (
    <section id="columns" data-table={table.value?.name}>
      <h2>Columns</h2>
      <p class="hint">What each column is taken for was decided by its cells; change what is wrong. Tick the column, or columns, that you want predicted.</p>
      {count > 0 && (
        <div class="callout" id="note-count">
          <p>
            <strong>
              {count} note{count === 1 ? "" : "s"}
            </strong>{" "}
            on {noted.length} of {columns.length} columns: look at {count === 1 ? "it" : "them"} before training.
          </p>
          <label class="check">
            <input type="checkbox" checked={onlyNotes} onChange={(event) => setOnlyNotes(event.currentTarget.checked)} /> only columns with notes
          </label>
        </div>
      )}
      <div class="scroll">
        <table class="columns">
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Type</th>
              <th scope="col">Target</th>
              <th scope="col">Missing</th>
              <th scope="col">Values</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((column) => (
              <ColumnLine key={column.name} column={column} open={open.has(column.name)} onToggle={() => toggle(column.name)} />
            ))}
          </tbody>
        </table>
      </div>
      <SchemaFiles />
    </section>
  );
}
