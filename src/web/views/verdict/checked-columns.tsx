import type { ModelCheck } from "../../../model/check/model-check.ts";
import { percent, short } from "../../parts/numbers.ts";

/** Errors and intervals of each column on the rows held back, beside simpler guesses. */
export function CheckedColumns({ check }: { check: ModelCheck }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="The check, column by column">
      <table class="checked">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Cells</th>
            <th scope="col">Off by</th>
            <th scope="col">Middle or most frequent</th>
            <th scope="col">Ten similar rows</th>
            <th scope="col">In 50 %</th>
            <th scope="col">In 90 %</th>
          </tr>
        </thead>
        <tbody>
          {check.columns.map(({ column, role, kind, cells, error, usual, neighbours, half, ninety, sure }) => {
            const text = (value: number): string => (kind === "number" ? short(value) : `${percent(value)} wrong`);
            return (
              <tr>
                <th scope="row">
                  {column}
                  {role === "target" && " (target)"}
                </th>
                <td>{cells}</td>
                <td>
                  <strong>{text(error)}</strong>
                  {sure !== undefined && ` (it said ${percent(1 - sure)})`}
                </td>
                <td>{text(usual)}</td>
                <td>{text(neighbours)}</td>
                <td>{half === undefined ? "" : percent(half)}</td>
                <td>{ninety === undefined ? "" : percent(ninety)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p class="hint">Numbers: mean distance from the truth, in the column’s units, and how many truths lay in intervals that are to hold 50 and 90 %. Levels: share of wrong guesses.</p>
    </div>
  );
}
