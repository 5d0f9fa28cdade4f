import { clock } from "../../../report/clock.ts";
import { formatTexts, kindText, readingTexts } from "../../../report/decisions.ts";
import { saveFile } from "../../parts/save-file.ts";
import { engine } from "../../state/engine.ts";
import { attempt } from "../../state/notices.ts";
import { model } from "../../state/session.ts";
import { end } from "../../state/training.ts";
import { timeText } from "./time-texts.ts";

/** The model there is: what it is, and its file. */
export function ModelCard() {
  const { name, preset, latents, features, targets, time, holdsRows } = model.value!;
  const ended = end.value;
  const save = (): Promise<void | undefined> =>
    attempt(async () => {
      const file = await engine.models.save();
      saveFile(file.name, file.bytes as Uint8Array<ArrayBuffer>);
    });
  return (
    <section id="model">
      <h2>Model “{name}”</h2>
      <p>
        {preset} with {latents.join(" + ")} latents, {features.length} features{targets.length > 0 ? `; predicts ${targets.map((target) => target.name).join(", ")}` : ", no target"}.
        {ended && ended.kind !== "failed" && ended.rows > 0 && ` Trained on ${ended.rows} rows in ${clock(ended.seconds)}.`}
      </p>
      {time && <p>{timeText(time)}</p>}
      {holdsRows && <p>Its file holds training rows, which its networks look up: whoever has the file can read them.</p>}
      <p class="actions">
        <button type="button" onClick={save}>
          Save the model
        </button>
      </p>
      <Decisions />
      <p class="hint">The file opens here again (drop it on the first page) and in the command line: hhvaem impute {name}.hhvaem table.csv -o filled.csv</p>
    </section>
  );
}

/** What the model takes its columns for: as it was decided when it was trained. */
function Decisions() {
  const { columns, reading = {} } = model.value!.schema;
  const file = readingTexts(reading);
  return (
    <details>
      <summary>What it takes its columns for</summary>
      {file.length > 0 && <p>Trained on a table of {file.join(", ")}; later tables of the same source are read alike.</p>}
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Taken for</th>
              <th scope="col">Written</th>
              <th scope="col">Also missing</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((column) => (
              <tr>
                <th scope="row">
                  {column.name}
                  {column.role === "target" && " (target)"}
                </th>
                <td>
                  {kindText(column)}
                  {column.reason !== undefined && `: ${column.reason}`}
                </td>
                <td>{formatTexts(column).join(", ")}</td>
                <td>{column.missing?.join(", ") ?? ""}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
