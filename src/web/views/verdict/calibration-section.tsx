import { fewCells, widening } from "../../../report/calibration.ts";
import { percent } from "../../parts/numbers.ts";
import { model } from "../../state/session.ts";

/** What rows showed that were held back from the training: how often intervals held before they were mapped, column by column. */
export function CalibrationSection() {
  const { calibration, features, targets } = model.value!;
  if (!calibration) return null;
  const names = [...features, ...targets].map(({ name }) => name);
  return (
    <details>
      <summary>How its intervals were made right</summary>
      <p>
        During the training {calibration.rows} other rows were held back as well, and cells of theirs hidden. The model’s intervals held as many of those cells as the table says; now they are wider or narrower by the last column, so that of cells like those 90 of 100 lie in their 90 % interval.
      </p>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Cells</th>
              <th scope="col">50 % intervals held</th>
              <th scope="col">90 % intervals held</th>
              <th scope="col">Changed to</th>
            </tr>
          </thead>
          <tbody>
            {calibration.columns.map((own, j) => (
              <tr>
                <th scope="row">{names[j]}</th>
                <td>
                  {own.cells}
                  {own.cells < fewCells && ", few: goes with the others"}
                </td>
                <td>{own.covered ? percent(own.covered[0]) : ""}</td>
                <td>{own.covered ? percent(own.covered[2]) : ""}</td>
                <td>{own.kind === "number" ? `${widening(own.values).toFixed(2)} times as wide` : `odds to the power ${(1 / own.temperature).toFixed(2)}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
