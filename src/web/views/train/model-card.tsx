import { clock } from "../../../report/clock.ts";
import { saveFile } from "../../parts/save-file.ts";
import { engine } from "../../state/engine.ts";
import { attempt } from "../../state/notices.ts";
import { model } from "../../state/session.ts";
import { end } from "../../state/training.ts";

/** The model there is: what it is, and its file. */
export function ModelCard() {
  const { name, preset, latents, features, targets } = model.value!;
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
      <p class="actions">
        <button type="button" onClick={save}>
          Save the model
        </button>
      </p>
      <p class="hint">The file opens here again (drop it on the first page) and in the command line: hhvaem impute {name}.hhvaem table.csv -o filled.csv</p>
    </section>
  );
}
