import { useEffect, useState } from "preact/hooks";
import { engine } from "../../state/engine.ts";
import { attempt } from "../../state/notices.ts";
import { model, table } from "../../state/session.ts";

/** The cells of a row that the model uses; holes and the hidden target are marked. */
export function RowCells({ row }: { row: number }) {
  const [cells, setCells] = useState<readonly (string | null)[]>();
  useEffect(() => {
    let current = true;
    void attempt(() => engine.data.cells(row, 1)).then((found) => {
      if (current) setCells(found?.[0]);
    });
    return () => {
      current = false;
    };
  }, [row, table.value]);
  if (!cells) return null;
  const { features, targets } = model.value!;
  const at = (name: string): number => table.value!.columns.findIndex((column) => column.name === name);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`Row ${row + 1}`}>
      <table class="one-row">
        <thead>
          <tr>
            {[...features, ...targets].map(({ name }) => (
              <th scope="col">{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            {features.map(({ name }) => {
              const cell = cells[at(name)];
              return cell === null ? <td class="hole">missing</td> : <td>{cell}</td>;
            })}
            {targets.map(() => (
              <td class="hole">hidden</td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}
