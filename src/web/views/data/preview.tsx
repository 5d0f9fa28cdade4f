import { DataGrid } from "../../parts/data-grid.tsx";
import { engine } from "../../state/engine.ts";
import { described, table } from "../../state/session.ts";

/** The table as it stands in the file, holes marked. */
export function Preview() {
  const info = table.value!;
  const load = async (first: number, count: number) => {
    const rows = await engine.data.cells(first, count);
    return rows.map((row) => row.map((cell) => (cell === null ? <td class="hole" aria-label="missing" /> : <td>{cell}</td>)));
  };
  return <DataGrid caption={`Preview of ${info.name}`} columns={info.columns.map(({ name }) => name)} rows={info.rows} version={described.value ?? info} load={load} rowsPerPage={8} />;
}
