import { columnTypes, type ColumnType } from "../../../data/schema/column.ts";
import type { ColumnInfo } from "../../engine/data/column-info.ts";
import { Fixes } from "../../parts/problems.tsx";
import { percent } from "../../parts/numbers.ts";
import { decideOtherwise } from "../../state/reading.ts";
import { choices, choose, table } from "../../state/session.ts";
import { ColumnDetails } from "./column-details.tsx";
import { NoteLine } from "./note-line.tsx";

type Type = ColumnType | "ignore";

const explained: Record<Type, string> = {
  real: "real: any number",
  positive: "positive: numbers from 0 on",
  bounded: "bounded: between two numbers",
  count: "count: whole numbers from 0 on",
  binary: "binary: two levels",
  ordinal: "ordinal: levels in order",
  categorical: "categorical: some levels",
  ignore: "ignore: leave out",
};

/** A column in the list; what else is known about it comes below when it is opened. */
export function ColumnLine({ column, open, onToggle }: { column: ColumnInfo; open: boolean; onToggle: () => void }) {
  const { name, type, found, missing, date, notes, problems } = column;
  const { rows } = table.value!;
  const { targets, types } = choices.value;
  const setType = (wanted: Type): void => {
    if (wanted !== found) return void decideOtherwise({ option: "type", value: `${name}=${wanted}` });
    // what was found is no wish
    const { [name]: _, ...others } = types;
    void choose({ ...choices.value, types: others });
  };
  const setTarget = (on: boolean): void => void choose({ ...choices.value, targets: on ? [...targets, name] : targets.filter((target) => target !== name) });
  const count = notes.length + problems.length;
  const details = `details-${table.value!.columns.findIndex((other) => other.name === name)}`;
  return (
    <>
      <tr class={`${type === "ignore" ? "ignored" : ""}${count > 0 ? " noted" : ""}`}>
        <th scope="row">{name}</th>
        <td>
          <select aria-label={`Type of ${name}`} value={type} onChange={(event) => setType(event.currentTarget.value as Type)}>
            {[...columnTypes, "ignore" as const].map((option) => (
              <option value={option}>{option === "real" && date !== undefined ? `date: as ${date}` : explained[option]}</option>
            ))}
          </select>
        </td>
        <td class="centre">
          <input type="checkbox" aria-label={`Predict ${name}`} checked={targets.includes(name)} disabled={types[name] === "ignore" || (type === "ignore" && problems.length > 0)} onChange={(event) => setTarget(event.currentTarget.checked)} />
        </td>
        <td class="share">
          <meter min={0} max={rows} value={missing} aria-label={`Missing in ${name}`} /> {missing === 0 ? "none" : `${missing} (${percent(missing / rows)})`}
        </td>
        <td>
          <span class="column-values">{column.values}</span>
          {problems.slice(0, open ? undefined : 1).map((problem) => (
            <p class="warning">
              {problem.row !== undefined && `Row ${problem.row}: `}
              {problem.message} <Fixes fixes={problem.fixes} onFix={({ changes }) => decideOtherwise(...changes)} />
            </p>
          ))}
          {!open && problems.length === 0 && notes.length > 0 && (
            <p class="warning">
              <NoteLine note={notes[0]} />
            </p>
          )}
          <button type="button" class="link" aria-expanded={open} aria-controls={details} aria-label={`Details of ${name}`} onClick={onToggle}>
            {open ? "Less" : count > 1 ? `${count - 1} more note${count === 2 ? "" : "s"}, details` : "Details"}
          </button>
        </td>
      </tr>
      {open && (
        <tr class="column-details" id={details}>
          <td colSpan={5}>
            <ColumnDetails column={column} />
          </td>
        </tr>
      )}
    </>
  );
}
