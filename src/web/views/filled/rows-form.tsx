import { filled, rowWishes, setRows } from "../../state/filled.ts";
import { table } from "../../state/session.ts";
import { goToRow } from "./places.ts";

/** Which rows are shown, in which order, and a way to one of them. */
export function RowsForm() {
  const { onlyHoles, holeIn, by } = rowWishes.value;
  return (
    <div class="rows-form">
      <label class="check">
        <input type="checkbox" checked={onlyHoles || holeIn !== undefined} disabled={holeIn !== undefined} onChange={(event) => setRows({ onlyHoles: event.currentTarget.checked })} /> only rows with holes
      </label>
      <label>
        holes in{" "}
        <select name="holeIn" value={String(holeIn ?? "")} onChange={({ currentTarget: { value } }) => setRows({ holeIn: value === "" ? undefined : Number(value) })}>
          <option value="">any column</option>
          {filled.value!.columns.map(({ name, column, filled: count }) => (
            <option value={String(column)}>
              {name} ({count})
            </option>
          ))}
        </select>
      </label>
      <label>
        order{" "}
        <select name="order" value={typeof by === "number" ? "column" : by} onChange={({ currentTarget: { value } }) => (value === "column" ? undefined : setRows({ by: value as "table" | "unsure" }))}>
          <option value="table">as in the table</option>
          <option value="unsure">least sure first</option>
          {typeof by === "number" && <option value="column">by {table.value!.columns[by].name}</option>}
        </select>
      </label>
      <form
        class="go-to-row"
        onSubmit={(event) => {
          event.preventDefault();
          const { valueAsNumber } = event.currentTarget.querySelector("input")!;
          void goToRow(valueAsNumber - 1);
        }}
      >
        <label>
          row <input type="number" name="row" min={1} max={table.value!.rows} step={1} required />
        </label>
        <button type="submit" class="small">
          Go
        </button>
      </form>
    </div>
  );
}
