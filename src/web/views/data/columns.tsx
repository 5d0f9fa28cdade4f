import { columnTypes, type ColumnType } from "../../../data/schema/column.ts";
import type { ColumnInfo } from "../../engine/data-part.ts";
import { choices, choose, table } from "../../state/session.ts";

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

/** What each column is taken for, and which to predict; both can be changed. */
export function Columns() {
  const { rows, columns } = table.value!;
  return (
    <section>
      <h2>Columns</h2>
      <p class="hint">Types are found from the values; change what is wrong. Tick the column, or columns, that you want predicted.</p>
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
            {columns.map((column) => (
              <ColumnLine key={column.name} column={column} rows={rows} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function ColumnLine({ column, rows }: { column: ColumnInfo; rows: number }) {
  const { targets, types } = choices.value;
  const { name } = column;
  const type = types[name] ?? column.type;
  const setType = (wanted: Type): void =>
    void choose({ types: { ...types, [name]: wanted }, targets: wanted === "ignore" ? targets.filter((target) => target !== name) : targets });
  const setTarget = (on: boolean): void => void choose({ types, targets: on ? [...targets, name] : targets.filter((target) => target !== name) });
  return (
    <tr class={type === "ignore" ? "ignored" : undefined}>
      <th scope="row">{name}</th>
      <td>
        <select aria-label={`Type of ${name}`} value={type} onChange={(event) => setType(event.currentTarget.value as Type)}>
          {[...columnTypes, "ignore" as const].map((option) => (
            <option value={option}>{explained[option]}</option>
          ))}
        </select>
      </td>
      <td class="centre">
        <input type="checkbox" aria-label={`Predict ${name}`} checked={targets.includes(name)} disabled={type === "ignore"} onChange={(event) => setTarget(event.currentTarget.checked)} />
      </td>
      <td class="share">
        <meter min={0} max={rows} value={column.missing} aria-label={`Missing in ${name}`} /> {column.missing === 0 ? "none" : `${column.missing} (${percent(column.missing / rows)})`}
      </td>
      <td>{column.problems.length > 0 ? <span class="warning">{column.problems[0].message}{column.problems.length > 1 && ` And ${column.problems.length - 1} more such cells.`}</span> : valuesText(column)}</td>
    </tr>
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.01 ? 1 : 0)} %`;
}

function valuesText({ range, levels, distinct = 0 }: ColumnInfo): string {
  if (range) return `${number(range[0])} to ${number(range[2])}, median ${number(range[1])}`;
  const more = distinct > levels!.length ? ` and ${distinct - levels!.length} more` : "";
  return levels!.map(({ label, count }) => `${label} (${count})`).join(", ") + more;
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}
