import { useState } from "preact/hooks";
import type { FilledCell } from "../../engine/filled-cell.ts";
import { DataGrid } from "../../parts/data-grid.tsx";
import { engine } from "../../state/engine.ts";
import { filled, rowsWithHoles } from "../../state/filled.ts";
import { table } from "../../state/session.ts";

interface Props {
  chosen: { row: number; column: number } | undefined;
  onChoose: (cell: { row: number; column: number }) => void;
}

/** The filled table; holes are buttons, the deeper their colour the less sure. */
export function FilledTable({ chosen, onChoose }: Props) {
  const [onlyHoles, setOnlyHoles] = useState(true);
  const info = table.value!;
  const rows = onlyHoles ? rowsWithHoles.value : undefined;
  const load = async (first: number, count: number) => {
    const wanted = rows ? rows.slice(first, first + count) : Array.from({ length: Math.min(count, info.rows - first) }, (_, i) => first + i);
    const loaded = await engine.answers.rows([...wanted]);
    return loaded.map((cells) => cells.map((cell) => (typeof cell === "string" ? <td>{cell}</td> : <Hole cell={cell} name={info.columns[cell.column].name} chosen={chosen} onChoose={onChoose} />)));
  };
  return (
    <section>
      <h2>Filled table</h2>
      <p class="hint">
        Shaded cells were missing: the deeper the shade, the less sure the value. Choose one to see what is believed about it. <Legend />
      </p>
      <label class="check">
        <input type="checkbox" checked={onlyHoles} onChange={(event) => setOnlyHoles(event.currentTarget.checked)} /> only rows with holes
      </label>
      <DataGrid
        key={String(onlyHoles)}
        caption="Filled table"
        columns={info.columns.map(({ name }) => name)}
        rows={rows?.length ?? info.rows}
        numbers={rows && ((i) => rows[i] + 1)}
        version={`${chosen?.row},${chosen?.column},${filled.value?.cells},${filled.value?.acceptance}`}
        load={load}
        rowsPerPage={12}
      />
    </section>
  );
}

function Hole({ cell, name, chosen, onChoose }: { cell: FilledCell; name: string } & Props) {
  const { row, column, text, uncertainty } = cell;
  const between = cell.between ? `, between ${cell.between.join(" and ")}` : "";
  return (
    <td class="filled" style={{ "--uncertainty": `${Math.round(100 * uncertainty)}%` }}>
      <button type="button" aria-pressed={chosen?.row === row && chosen.column === column} aria-label={`${name}, row ${row + 1}: ${text}${between}`} title={`${text}${between}`} onClick={() => onChoose({ row, column })}>
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
