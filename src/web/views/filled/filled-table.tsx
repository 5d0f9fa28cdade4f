import { useEffect, useRef } from "preact/hooks";
import type { FilledCell } from "../../engine/filled/filled-cell.ts";
import { VirtualTable } from "../../parts/virtual-table.tsx";
import { engine } from "../../state/engine.ts";
import { chosenCell, filled, rowOrder, rowWishes, setRows } from "../../state/filled.ts";
import { table } from "../../state/session.ts";
import { goToCell, inSight, takeFocus } from "./places.ts";
import { nextHole, type Direction } from "./next-hole.ts";
import { RowsForm } from "./rows-form.tsx";

const keys: Record<string, Direction> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

/** The filled table; holes are buttons, the deeper their colour the less sure. Arrow keys go from hole to hole. */
export function FilledTable() {
  const info = table.value!;
  const order = rowOrder.value!;
  const { rows } = order;
  const move = (event: KeyboardEvent): void => {
    const direction = keys[event.key];
    const chosen = chosenCell.value;
    if (!direction || !chosen || !(event.target instanceof HTMLButtonElement)) return;
    event.preventDefault();
    const next = nextHole(order, { place: rows.indexOf(chosen.row), column: chosen.column }, direction);
    if (next) goToCell(rows[next.place], next.column);
  };
  return (
    <section>
      <h2 id="filled-heading" tabIndex={-1}>
        Filled table
      </h2>
      <p class="hint">
        Shaded cells were missing: the deeper the shade, the less sure the value. Choose one to see what is believed about it; arrow keys go from hole to hole. <Legend />
      </p>
      <RowsForm />
      <VirtualTable
        caption="Filled table"
        heads={info.columns.map(({ name }, column) => (
          <SortHead name={name} column={column} />
        ))}
        rows={rows.length}
        number={(place) => rows[place] + 1}
        version={order}
        load={(first, count) => engine.answers.rows([...rows.subarray(first, first + count)])}
        cellsOf={(cells) => cells.map((cell) => (typeof cell === "string" ? <td>{cell}</td> : <Hole cell={cell} name={info.columns[cell.column].name} />))}
        inSight={inSight.value}
        onKeyDown={move}
      />
      <p class="hint" role="status">
        {rows.length} of {info.rows} rows, {order.holes.place.length} holes{filled.value && order.holes.place.length < filled.value.cells ? ` of ${filled.value.cells}` : ""}
      </p>
    </section>
  );
}

/** The head of a column, which orders the rows by it: upwards, downwards, as they stand. */
function SortHead({ name, column }: { name: string; column: number }) {
  const { by, descending } = rowWishes.value;
  const own = by === column;
  const press = (): void => void setRows(!own ? { by: column, descending: false } : descending ? { by: "table", descending: false } : { descending: true });
  return (
    <th scope="col" aria-sort={own ? (descending ? "descending" : "ascending") : undefined}>
      <button type="button" class="head" title="Order the rows by this column" onClick={press}>
        {name}
        <span aria-hidden="true">{own ? (descending ? " ↓" : " ↑") : ""}</span>
      </button>
    </th>
  );
}

function Hole({ cell, name }: { cell: FilledCell; name: string }) {
  const { row, column, text, uncertainty } = cell;
  const button = useRef<HTMLButtonElement>(null);
  const chosen = chosenCell.value;
  const pressed = chosen?.row === row && chosen.column === column;
  useEffect(() => {
    if (pressed && takeFocus()) button.current!.focus({ preventScroll: true });
  }, [pressed, chosen]);
  const between = cell.between ? `, between ${cell.between.join(" and ")}` : "";
  return (
    <td class="filled" style={{ "--uncertainty": `${Math.round(100 * uncertainty)}%` }}>
      <button type="button" ref={button} aria-pressed={pressed} aria-label={`${name}, row ${row + 1}: ${text}${between}`} title={`${text}${between}`} onClick={() => (chosenCell.value = { row, column })}>
        {text}
      </button>
    </td>
  );
}

function Legend() {
  return (
    <span class="legend" aria-hidden="true">
      sure <i /> unsure
    </span>
  );
}
